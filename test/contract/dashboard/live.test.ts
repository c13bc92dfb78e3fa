import { expect, test } from 'vitest';
import { fragmentsOf, openLive } from './watching.ts';

test('what is live of a page is sent at once, and then what changed', async () => {
  const { api, watch, nextRound } = await openLive();
  const { answer, messages } = await watch('/live/overview');
  expect(answer.headers.get('content-type')).toBe('text/event-stream');
  const first = await fragmentsOf(messages);
  expect([...first.keys()]).toEqual(['answers', 'plots']);
  expect(first.get('answers')).toContain('Nobody has subscribed yet');
  await api.store.pulse.add(api.nowMs, { events: 5 });
  api.nowMs += 1000;
  nextRound();
  const second = await fragmentsOf(messages);
  expect([...second.keys()]).toEqual(['plots']);
  expect(second.get('plots')).toContain('5 changes in the last hour');
});

test('while Redis is away the stream says so and goes on when it is back', async () => {
  const { api, watch, nextRound, state } = await openLive();
  const { messages } = await watch('/live/overview');
  await fragmentsOf(messages);
  state.isReady = false;
  nextRound();
  expect((await messages.next()).value).toMatchObject({ event: 'away' });
  state.isReady = true;
  await api.store.pulse.add(api.nowMs, { events: 1 });
  api.nowMs += 1000;
  nextRound();
  await fragmentsOf(messages);
});

test('a stream ends with its session', async () => {
  const { watch, browser, nextRound } = await openLive();
  const { messages } = await watch('/live/overview');
  await fragmentsOf(messages);
  await browser.submit('/sign-out');
  nextRound();
  expect((await messages.next()).value).toEqual({ event: 'over', data: 'signed-out' });
  expect((await messages.next()).done).toBe(true);
});

test('a stream of something that is deleted has the page asked for again', async () => {
  const { watch } = await openLive();
  const { messages } = await watch('/live/sources/nobody');
  expect((await messages.next()).value).toEqual({ event: 'over', data: 'gone' });
  expect((await messages.next()).done).toBe(true);
});

test('all streams end when the service closes, and no new one begins', async () => {
  const { watch, dashboard } = await openLive();
  const { messages } = await watch('/live/overview');
  await fragmentsOf(messages);
  dashboard.close();
  expect((await messages.next()).done).toBe(true);
  expect((await watch('/live/overview')).answer.status).toBe(503);
});

test('there are at most 50 streams at once, and one that ends makes room', async () => {
  const { watch } = await openLive();
  const open = await Promise.all(Array.from({ length: 50 }, () => watch('/live/overview')));
  for (const { messages } of open) await messages.next();
  expect((await watch('/live/overview')).answer.status).toBe(503);
  await open[0]?.messages.return(undefined);
  // The stream hears of it with its next message.
  await open[0]?.answer.body?.cancel().catch(() => {});
  expect((await watch('/live/overview')).answer.status).toBe(200);
});
