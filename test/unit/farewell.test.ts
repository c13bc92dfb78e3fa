import { expect, test } from 'vitest';
import { untilHopeless } from '#farewell.ts';

/** A clock that moves by what is waited for, and a Redis that answers until it goes silent. */
async function stop({
  silentFromMs = 0,
  sendsUntilMs = 0,
  closedAtMs = 20_000,
  silentUntilMs = 1e9,
}) {
  let nowMs = 0;
  const closed = new AbortController();
  const isSilent = () => nowMs >= silentFromMs && nowMs < silentUntilMs;
  const pings: (() => void)[] = [];
  await untilHopeless(
    {
      ping: () => new Promise<void>((resolve) => void pings.push(resolve)),
      onTheirWay: () => (nowMs < sendsUntilMs ? 1 : 0),
      now: () => nowMs,
      wait: async (durationMs) => {
        if (!isSilent()) for (const answer of pings.splice(0)) answer();
        await new Promise(setImmediate);
        nowMs += durationMs;
        if (nowMs >= closedAtMs) closed.abort();
      },
    },
    closed.signal,
  );
  return nowMs;
}

test('a Redis that is silent is waited for a second or two', async () => {
  const endedAtMs = await stop({});
  expect(endedAtMs).toBeGreaterThan(1000);
  expect(endedAtMs).toBeLessThan(2000);
});

test('a Redis that answers lets everything end by itself', async () => {
  expect(await stop({ silentFromMs: 1e9 })).toBe(20_000);
});

test('deliveries on their way are waited for, with or without Redis', async () => {
  expect(await stop({ sendsUntilMs: 5000 })).toBe(5000);
});

test('a Redis that is back in time is not given up', async () => {
  expect(await stop({ silentFromMs: 500, silentUntilMs: 1500 })).toBe(20_000);
});

test('a connection that is closed does not make it fail', async () => {
  let nowMs = 0;
  const ports = {
    ping: () => Promise.reject(new Error('Connection is closed.')),
    onTheirWay: () => 0,
    now: () => nowMs,
    wait: async (durationMs: number) => {
      nowMs += durationMs;
    },
  };
  await untilHopeless(ports, new AbortController().signal);
  expect(nowMs).toBeLessThan(2000);
});
