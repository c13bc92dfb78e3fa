import { expect } from 'vitest';
import { openDashboard, origin } from './dashboard-under-test.ts';

/** A dashboard whose rounds a test starts one by one. */
export async function openLive() {
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

/** The live parts of the next message, by their names. */
export async function fragmentsOf(messages: AsyncGenerator<Message>): Promise<Map<string, string>> {
  const { value } = await messages.next();
  expect(value.event).toBe('fragments');
  return new Map(JSON.parse(value.data));
}
