import { html } from 'hono/html';
import type { Html } from './components.ts';

/** Above a title: what the page is a part of. */
export function crumb(path: string, label: string): Html {
  return html`<p class="crumb"><a href="${path}">${label}</a></p>`;
}
