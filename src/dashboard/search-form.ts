import { html } from 'hono/html';
import type { Html } from './components.ts';

/** Leads from whatever somebody has at hand to its page. */
export function searchForm(sought: string): Html {
  return html`<form method="get" action="/search" role="search" class="search">
<input type="search" name="q" value="${sought}" aria-label="Search" placeholder="An id, a name, a word" maxlength="200" autocomplete="off" spellcheck="false">
<button>Search</button>
</form>`;
}
