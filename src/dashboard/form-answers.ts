import { html } from 'hono/html';
import type { Problem } from './api-client.ts';
import { type Html, notice } from './components.ts';
import type { DashboardContext } from './env.ts';
import { type PageParts, type PageStatus, showPage } from './layout.ts';
import { type PagePorts, viewContext } from './page.ts';
import type { ViewContext } from './view-context.ts';

/** What the API said to a form, for above its fields. */
export function refusalNotice({ detail, errors }: Problem): Html {
  if (errors.length === 0) return notice('bad', detail);
  const items = errors.map(({ path, message }) =>
    path === '' ? html`<li>${message}</li>` : html`<li><b>${path}</b> ${message}</li>`,
  );
  return notice('bad', html`<p>This does not fit:</p><ul>${items}</ul>`);
}

/** Shows the page of a form once more, with what the API said to it. */
export function showAgain(
  c: DashboardContext,
  ports: Pick<PagePorts, 'now'>,
  { status }: Pick<Problem, 'status'>,
  page: Omit<PageParts, 'body'> & { readonly body: (view: ViewContext) => Html },
): Promise<Response> {
  const body = page.body(viewContext(c.get('signedIn'), ports.now()));
  return showPage(c, { ...page, body }, status as PageStatus);
}
