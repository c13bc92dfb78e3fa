import { html } from 'hono/html';
import type { Html } from './components.ts';
import type { ViewContext } from './view-context.ts';

export interface ActionForm {
  readonly action: string;
  /** What the button says: a verb. */
  readonly label: string;
  /** Sent with it. */
  readonly hidden?: Readonly<Record<string, string>>;
  /** Fields that the person fills in. */
  readonly fields?: Html;
  readonly kind?: 'main' | 'plain' | 'danger';
}

/** A button that does something: a plain POST with its CSRF token. */
export function actionForm(
  { csrfToken }: Pick<ViewContext, 'csrfToken'>,
  { action, label, hidden = {}, fields = html``, kind = 'plain' }: ActionForm,
): Html {
  return html`<form method="post" action="${action}" class="action">
<input type="hidden" name="csrf" value="${csrfToken}">
${Object.entries(hidden).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
${fields}<button class="${kind}">${label}</button>
</form>`;
}

/** As above, behind a disclosure that says what will happen: for what cannot be undone. */
export function confirmForm(
  view: Pick<ViewContext, 'csrfToken'>,
  { title, warning, ...form }: ActionForm & { readonly title: string; readonly warning: string },
): Html {
  return html`<details class="confirm"><summary>${title}</summary>
<p>${warning}</p>${actionForm(view, { kind: 'danger', ...form })}</details>`;
}
