import { html } from 'hono/html';
import type { Html } from './components.ts';

export interface PlotParts {
  /** Unique on its page. */
  readonly id: string;
  readonly title: string;
  /** Seconds since the epoch, growing. */
  readonly times: readonly number[];
  readonly series: readonly {
    readonly name: string;
    readonly tone: 'accent' | 'good' | 'warn' | 'bad';
    readonly values: readonly (number | null)[];
  }[];
  /** `bars` (default) stand on each other, for counts; `lines` are for what has a value at every moment. */
  readonly kind?: 'bars' | 'lines';
  /** The scale reaches at least so far, so that little does not look like much. */
  readonly least?: number;
  /** What it shows, in a sentence: for who does not see it. */
  readonly summary: string;
}

/** A small plot. The script draws it from its data; without the script the summary stands alone. */
export function plot({
  id,
  title,
  times,
  series,
  kind = 'bars',
  least = 4,
  summary,
}: PlotParts): Html {
  const data = JSON.stringify({ title, times, series, kind, least });
  return html`<figure class="plot">
<figcaption id="${id}-title"><b>${title}</b> <span>${summary}</span></figcaption>
${legend(kind, series)}
<div id="${id}" data-plot="${data}" role="img" aria-labelledby="${id}-title"></div>
</figure>`;
}

/** Which is which, where there are several. */
function legend(kind: string, series: PlotParts['series']): Html {
  if (series.length < 2) return html``;
  return html`<ul class="legend ${kind}" aria-hidden="true">${series.map(
    ({ name, tone }) => html`<li class="${tone}">${name}</li>`,
  )}</ul>`;
}
