import { html } from 'hono/html';
import type { Html } from './components.ts';

/** A text to be taken along, with a button that copies it where there is the script. The id is unique on its page. */
export function copyable(id: string, text: string): Html {
  return html`<div class="copyable"><pre tabindex="0"><code id="${id}">${text}</code></pre>
<button type="button" data-copy="${id}" hidden>Copy</button></div>`;
}
