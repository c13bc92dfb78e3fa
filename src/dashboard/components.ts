import { html } from 'hono/html';
import { distanceWords } from './words.ts';

/** Escaped text. Only strings, numbers and other `Html` go into a template, never objects from outside. */
export type Html = ReturnType<typeof html>;
type Content = Html | string | number;

export type Tone = 'good' | 'warn' | 'bad' | 'idle';
const shapes: Readonly<Record<Tone, string>> = { good: '●', warn: '▲', bad: '■', idle: '○' };

/** A state by shape, word and colour. */
export function badge(tone: Tone, word: string): Html {
  return html`<span class="badge ${tone}"><span aria-hidden="true">${shapes[tone]}</span> ${word}</span>`;
}

/** How long ago, with the exact time for who wants it; `never` stands for null. */
export function moment(iso: string | null | undefined, nowMs: number, never = 'never'): Html {
  if (iso === null || iso === undefined) return html`${never}`;
  return html`<time datetime="${iso}" title="${iso}">${distanceWords(Date.parse(iso), nowMs)}</time>`;
}

/** Labels with their values. */
export function facts(pairs: readonly (readonly [label: string, value: Content])[]): Html {
  return html`<dl class="facts">${pairs.map(
    ([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`,
  )}</dl>`;
}

export interface Column {
  readonly name: string;
  /** `number` stands at the right, `wide` is left out on a phone. */
  readonly kind?: 'number' | 'wide' | 'number wide';
}

export interface TableParts {
  readonly caption: string;
  readonly columns: readonly Column[];
  /** Cells in the order of the columns; the first names its row, mostly as a link. */
  readonly rows: readonly (readonly Content[])[];
  /** A sentence for when there are no rows. */
  readonly empty: string;
}

export function table({ caption, columns, rows, empty }: TableParts): Html {
  if (rows.length === 0) return html`<p class="empty">${empty}</p>`;
  const kinds = columns.map(({ kind = '' }) => kind);
  return html`<table>
<caption>${caption}</caption>
<thead><tr>${columns.map(({ name, kind = '' }) => html`<th scope="col" class="${kind}">${name}</th>`)}</tr></thead>
<tbody>${rows.map(
    (cells) =>
      html`<tr>${cells.map((cell, at) =>
        at === 0
          ? html`<th scope="row">${cell}</th>`
          : html`<td class="${kinds[at] ?? ''}">${cell}</td>`,
      )}</tr>`,
  )}</tbody>
</table>`;
}

/** One question and its answer. */
export function card(title: string, body: Content, tone: Tone = 'idle'): Html {
  return html`<section class="card ${tone}"><h2>${title}</h2>${body}</section>`;
}

/** One sentence above the content. */
export function notice(tone: Tone, body: Content): Html {
  return html`<div class="notice ${tone}" role="${tone === 'bad' ? 'alert' : 'status'}">${body}</div>`;
}

/** Text as it came, such as JSON or an answer's body. */
export function code(text: string): Html {
  return html`<pre tabindex="0"><code>${text}</code></pre>`;
}

/** A link to the next page, where there is one; lists run from the newest or first to the last. */
export function pager(nextPath: string | null, firstPath: string | null): Html {
  if (nextPath === null && firstPath === null) return html``;
  return html`<nav class="pager" aria-label="Pages">${
    firstPath === null ? '' : html`<a href="${firstPath}" rel="first">Back to the start</a>`
  } ${nextPath === null ? '' : html`<a href="${nextPath}" rel="next">Further</a>`}</nav>`;
}
