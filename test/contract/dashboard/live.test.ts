import { expect, test } from 'vitest';
import { openDashboard, origin } from './dashboard-under-test.ts';

/** A dashboard whose rounds a test starts one by one. */
async function openLive() {
  const rounds: (() => void)[] = [];
  const state = { isReady: true };
  const on = await openDashboard({
    isReady: async () => state.isReady,
    wait: (_, signal) =>
      new Promise((resolve) => {
        rounds.push(resolve);
        signal.addEventListener('abort', () => resolve());
      }),
  });
  const browser = await on.signedIn();
  const leaving = new AbortController();
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const watch = async (path: string) => {
    const request = new Request(new URL(path, origin), {
      headers: { cookie },
      signal: leaving.signal,
    });
    const answer = await on.dashboard.fetch(request);
    return { answer, messages: readMessages(answer) };
  };
  return { ...on, state, watch, browser, nextRound: () => rounds.shift()?.() };
}

interface Message {
  readonly event: string;
  readonly data: string;
}

/** Messages as they come; comments are passed over. */
async function* readMessages(answer: Response): AsyncGenerator<Message> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of answer.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const [, event = ''] = /^event: (.*)$/m.exec(block) ?? [];
      const [, data = ''] = /^data: (.*)$/m.exec(block) ?? [];
      if (event !== '') yield { event, data };
    }
  }
}

async function fragmentsOf(messages: AsyncGenerator<Message>): Promise<Map<string, string>> {
  const { value } = await messages.next();
  expect(value.event).toBe('fragments');
  return new Map(JSON.parse(value.data));
}

test('what is live of a page is sent at once, and then what changed', async () => {
  const { api, watch, nextRound } = await openLive();
  const { answer, messages } = await watch('/live/overview');
  expect(answer.headers.get('content-type')).toBe('text/event-stream');
  const first = await fragmentsOf(messages);
  expect([...first.keys()]).toEqual(['answers', 'plots']);
  expect(first.get('answers')).toContain('Nobody has subscribed yet');
  await api.store.pulse.add(api.nowMs, { events: 5 });
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
