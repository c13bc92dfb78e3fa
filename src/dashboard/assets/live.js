// Live figures: the server sends each marked part again when it has changed.

const liveSource = document.body.dataset.liveSource;
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

// Times grow old also where nothing is live.

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

drawPlots(document);
startLive();
