import type { Context } from 'hono';
import { type Html, notice } from './components.ts';
import { countWords } from './words.ts';

/** What was done, by the word that a redirect carries as `?done=`; nothing else from an address is ever shown. */
const sentences: Readonly<Record<string, (count: number) => string>> = {
  'signed-in': () => 'You are signed in.',
  saved: () => 'Saved.',
  'source-connected': () => 'This inbox is connected. It is read for the first time now, silently.',
  'source-paused': () => 'This source is paused. Its inbox is not asked until it is resumed.',
  'source-resumed': () => 'This source is watched again. What happened meanwhile is read over.',
  'source-polled': () => 'A poll begins as soon as the budget allows.',
  'key-revoked': () => 'The key is revoked. It opens nothing any more, in any process.',
  paused: () => 'This subscription is paused. Its events wait in order.',
  resumed: () => 'This subscription is active again. What waited is on its way.',
  skipped: () => 'This subscription is active again. What had waited was skipped.',
  tested: () => 'A test is on its way. It shows among the deliveries in a moment.',
  replayed: (count) => `${countWords(count, 'delivery', 'deliveries')} will be made again.`,
  redelivered: (count) => `${countWords(count, 'delivery', 'deliveries')} will be made again.`,
  'redelivered-none': () =>
    'Nothing was sent again: nobody wants it, or it still waits or is being retried where it was to go.',
  deleted: () => 'It is deleted.',
};

export function findNotice(c: Context): Html | null {
  const done = c.req.query('done') ?? '';
  const sentence = Object.hasOwn(sentences, done) ? sentences[done] : undefined;
  if (sentence === undefined) return null;
  const count = Number(c.req.query('count') ?? 0);
  return notice('good', sentence(Number.isSafeInteger(count) ? count : 0));
}
