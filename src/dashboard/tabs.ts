import { html } from 'hono/html';
import type { Html } from './components.ts';
import { numberWords } from './words.ts';

export interface Tab {
  readonly label: string;
  readonly path: string;
  readonly isCurrent: boolean;
  /** How many are behind it; null where that is not known. */
  readonly count?: number | null;
}

/** Links to parts of one list, of which one is shown. */
export function tabs(label: string, list: readonly Tab[]): Html {
  return html`<nav class="tabs" aria-label="${label}"><ul>${list.map(viewTab)}</ul></nav>`;
}

function viewTab({ label, path, isCurrent, count = null }: Tab): Html {
  const current = isCurrent ? html` aria-current="page"` : '';
  const shown = count === null ? '' : html` <span class="count">${numberWords(count)}</span>`;
  return html`<li><a href="${path}"${current}>${label}${shown}</a></li>`;
}
