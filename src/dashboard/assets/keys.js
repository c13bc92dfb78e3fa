// Keys.

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

// Texts to be taken along.

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
