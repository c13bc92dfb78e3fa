import { html } from 'hono/html';
import type { z } from 'zod';
import type { filterTestAnswerSchema } from '#api/filter-test.ts';
import { address } from './api-client.ts';
import { badge, type Html, moment, notice, table } from './components.ts';
import type { ViewContext } from './view-context.ts';
import { countWords, numberWords } from './words.ts';

export type FilterTest = z.output<typeof filterTestAnswerSchema>;
type Tested = FilterTest['data'][number];

/** Of those that are sent, and as many of those that are not. */
const shownOfEach = 6;
const longestWord = 80;

/** Which of the latest events a filter lets through, and why not the others. */
export function filterPreview({ data, matched }: FilterTest, { nowMs }: ViewContext): Html {
  if (data.length === 0) {
    return notice('idle', 'There are no events yet that the filter could be tried on.');
  }
  const of = countWords(data.length, 'latest event');
  const sentence =
    matched === 0
      ? `None of the ${of} would be sent. If that is not meant so, the first reason below says what keeps each back.`
      : `${numberWords(matched)} of the ${of} would be sent.`;
  const shown = [true, false].flatMap((sent) =>
    data.filter(({ matches }) => matches === sent).slice(0, shownOfEach),
  );
  return html`<div class="preview">${notice(matched === 0 ? 'warn' : 'good', sentence)}
${table({
  caption: `What the filter does to ${shown.length === data.length ? 'them' : 'some of them'}`,
  columns: [
    { name: 'Event' },
    { name: 'Sent' },
    { name: 'Why not' },
    { name: 'Noticed', kind: 'wide' },
  ],
  rows: shown.map((each) => [
    html`<a href="${address`/events/${each.event}`}">${each.type}</a>`,
    each.matches ? badge('good', 'Sent') : badge('idle', 'Left out'),
    whyNot(each),
    moment(each.timestamp, nowMs),
  ]),
  empty: '',
})}</div>`;
}

function whyNot({ why }: Tested): string {
  const [first] = why;
  if (first === undefined) return '';
  const { path, condition, actual } = first;
  const has = actual === undefined ? 'nothing is there' : `it is ${brief(actual)}`;
  return `${path}: ${has}, wanted ${brief(condition)}`;
}

function brief(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > longestWord ? `${text.slice(0, longestWord)}…` : text;
}
