// What the pages do beyond links and forms; each works without it. The files are served as one, in the order of assets.ts.

// Plots: uPlot draws them from the data that stands beside each.

const plots = new WeakMap();

/** One of the page's colours as it is now, light or dark: a canvas knows no custom properties. */
function colour(name) {
  const probe = document.createElement('span');
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

function drawPlots(root) {
  if (!window.uPlot) return;
  for (const place of root.querySelectorAll('[data-plot]')) {
    plots.set(place, drawPlot(place));
  }
}

/** So that lines are told apart without their colours, as in the legend. */
const dashes = [[], [6, 3], [2, 3]];

function drawPlot(place) {
  const { times, series, kind, least } = JSON.parse(place.dataset.plot);
  const axis = { stroke: colour('soft'), grid: { show: false }, ticks: { show: false } };
  const drawn = kind === 'lines' ? series : stack(series);
  const shown = drawn.map(({ name, tone }, at) => ({
    label: name,
    points: { show: false },
    ...(kind === 'lines'
      ? { stroke: colour(tone), width: 1.5, dash: dashes[at] }
      : { fill: colour(tone), width: 0, paths: uPlot.paths.bars({ size: [0.8, 12, 2] }) }),
  }));
  const options = {
    width: place.clientWidth,
    height: place.clientHeight,
    legend: { show: false },
    cursor: { show: false },
    padding: [8, 4, 0, 0],
    // Room for the first and the last bar.
    scales: {
      x: { range: (_, __, to) => [to - 3600, to + 40] },
      y: { range: (_, __, most) => [0, Math.max(most ?? 0, least) * 1.1] },
    },
    axes: [
      {
        ...axis,
        size: 22,
        space: 80,
        incrs: [600, 900, 1800],
        values: (_, marks) => marks.map(clock),
      },
      { ...axis, size: 34, space: 30, grid: { show: true, stroke: colour('line'), width: 1 } },
    ],
    series: [{}, ...shown],
  };
  return new uPlot(options, [times, ...drawn.map(({ values }) => values)], place);
}

/** What lies on top is drawn first, as the sum of all below it, and then covered. */
function stack(series) {
  return series.map((each, at) => ({ ...each, values: sumOf(series.slice(0, at + 1)) })).reverse();
}

function sumOf(series) {
  return series[0].values.map((_, at) =>
    series.reduce((sum, { values }) => (values[at] === null ? sum : sum + values[at]), 0),
  );
}

function clock(seconds) {
  return new Date(seconds * 1000).toLocaleTimeString([], {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
}

let resizing;
function redraw() {
  clearTimeout(resizing);
  resizing = setTimeout(() => {
    for (const place of document.querySelectorAll('[data-plot]')) plots.get(place)?.destroy();
    drawPlots(document);
  }, 150);
}
addEventListener('resize', redraw);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
