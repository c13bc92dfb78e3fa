// What the pages do beyond links and forms: live figures, plots, keys. Every page works without it.

const { body } = document;

// ---- Live figures: the server sends each marked part again when it has changed. ----

const liveSource = body.dataset.liveSource;
const liveState = document.querySelector('[data-live-state]');
let stream = null;

function sayLive(words) {
  if (liveState) liveState.textContent = words;
}

function startLive() {
  if (!liveSource || stream || document.hidden) return;
  stream = new EventSource(liveSource);
  stream.addEventListener('open', () => sayLive('Live.'));
  stream.addEventListener('fragments', (event) => {
    sayLive('Live.');
    for (const [name, html] of JSON.parse(event.data)) swap(name, html);
  });
  stream.addEventListener('away', () => sayLive('Redis does not answer; trying again.'));
  stream.addEventListener('over', () => {
    stopLive();
    location.reload();
  });
  stream.addEventListener('error', () => {
    sayLive('Not connected; trying again.');
    // After an answer that is no stream the browser gives up, as when the service restarts.
    if (stream?.readyState !== EventSource.CLOSED) return;
    stopLive();
    setTimeout(startAnew, 5000);
  });
}

/** Who is signed out meanwhile is led to the sign-in, as the page itself would be. */
function startAnew() {
  fetch(location.href, { method: 'HEAD' }).then(
    ({ redirected }) => (redirected ? location.reload() : startLive()),
    () => setTimeout(startAnew, 5000),
  );
}

function stopLive() {
  stream?.close();
  stream = null;
}

const focusable = 'a[href], button, input, select, textarea, summary, [tabindex]';

/** Keeps what is open open and what has the focus focused; leaves a part alone in which somebody writes. */
function swap(name, html) {
  const part = document.querySelector(`[data-live="${CSS.escape(name)}"]`);
  if (!part) return;
  const focused = part.contains(document.activeElement) ? document.activeElement : null;
  if (focused?.matches('input, select, textarea')) return;
  const focusAt = focused ? [...part.querySelectorAll(focusable)].indexOf(focused) : -1;
  const open = [...part.querySelectorAll('details')].map((details) => details.open);
  for (const plot of part.querySelectorAll('[data-plot]')) plots.get(plot)?.destroy();
  part.innerHTML = html;
  for (const [at, details] of part.querySelectorAll('details').entries()) {
    if (open[at]) details.open = true;
  }
  if (focusAt >= 0) part.querySelectorAll(focusable)[focusAt]?.focus({ preventScroll: true });
  drawPlots(part);
}

document.addEventListener('visibilitychange', () => {
  if (document.hidden) stopLive();
  else startLive();
});
// A page that is kept for the way back must not hold a connection.
addEventListener('pagehide', stopLive);
addEventListener('pageshow', startLive);

// ---- Plots: uPlot draws them from the data that stands beside each. ----

const plots = new WeakMap();

/** One of the page's colours as it is now, light or dark: a canvas knows no custom properties. */
function colour(name) {
  const probe = document.createElement('span');
  probe.style.color = `var(--${name})`;
  body.append(probe);
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

function drawPlot(place) {
  const { times, series, kind, least } = JSON.parse(place.dataset.plot);
  const axis = { stroke: colour('soft'), grid: { show: false }, ticks: { show: false } };
  const drawn = kind === 'lines' ? series : stack(series);
  const shown = drawn.map(({ name, tone }) => ({
    label: name,
    points: { show: false },
    ...(kind === 'lines'
      ? { stroke: colour(tone), width: 1.5 }
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
      x: { range: (_, from, to) => [from - 40, to + 40] },
      y: { range: (_, __, most) => [0, Math.max(most ?? 0, least) * 1.1] },
    },
    axes: [
      { ...axis, size: 22, space: 80, values: (_, marks) => marks.map(clock) },
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

// ---- Times grow old also where nothing is live. ----

function growOld() {
  if (document.hidden) return;
  for (const time of document.querySelectorAll('main time[title]')) {
    const seconds = (Date.now() - Date.parse(time.dateTime)) / 1000;
    if (seconds > 60 && !time.closest('[data-live]')) time.textContent = agoWords(seconds);
  }
}

/** As the server says it, but for the second unit. */
function agoWords(seconds) {
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 2 * 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} days ago`;
}
setInterval(growOld, 30_000);

// ---- Keys. ----

const help = document.querySelector('#keyboard');
let isGoing = false;

const actions = {
  '?': () => help.showModal(),
  '/': () => {
    const field = document.querySelector('input[type=search]');
    if (field) field.focus();
    else location.assign('/search');
  },
  j: () => moveRow(1),
  k: () => moveRow(-1),
};

const rows = 'main tbody tr, main :is(.concerns, .story, .rows) > li';

function moveRow(step) {
  const links = [...document.querySelectorAll(rows)]
    .map((row) => row.querySelector('a[href], summary, button'))
    .filter((link) => link !== null);
  const row = document.activeElement?.closest(rows);
  const at = links.findIndex((link) => row?.contains(link));
  const next = at < 0 && step < 0 ? links.length - 1 : at + step;
  links[Math.min(Math.max(next, 0), links.length - 1)]?.focus();
}

document.addEventListener('keydown', (event) => {
  const isWriting = event.target.closest('input, select, textarea, dialog') !== null;
  if (isWriting || event.ctrlKey || event.metaKey || event.altKey) return;
  if (isGoing) {
    isGoing = false;
    document.querySelector(`a[data-key="${CSS.escape(event.key)}"]`)?.click();
    return;
  }
  isGoing = event.key === 'g';
  const action = actions[event.key];
  if (!action) return;
  event.preventDefault();
  action();
});

const helpButton = document.querySelector('[data-help]');
if (helpButton) {
  helpButton.hidden = false;
  helpButton.addEventListener('click', actions['?']);
}

// ---- Texts to be taken along. ----

for (const button of document.querySelectorAll('[data-copy]')) {
  button.hidden = false;
  button.addEventListener('click', async () => {
    const text = document.getElementById(button.dataset.copy);
    // Browsers give the clipboard to https and localhost alone; elsewhere the text is at least chosen.
    const copied = await navigator.clipboard?.writeText(text.textContent).then(
      () => true,
      () => false,
    );
    if (!copied) getSelection().selectAllChildren(text);
    button.textContent = copied ? 'Copied' : 'Selected';
  });
}

drawPlots(document);
startLive();
