import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { createBudget } from '#store/budget.ts';
import { budgetKeys } from '#store/keys.ts';
import { openConnection } from '../../support/stage.ts';

const connection = await openConnection();
const { redis } = connection;
let ids = 0;
const budget = createBudget(connection, () => String(++ids));
const timeoutMs = 15_000;
let tokens = 0;

/** A token nobody has used, and what Redis keeps of it. */
function newToken() {
  tokens += 1;
  const token = `token-${tokens}`;
  const digest = createHash('sha256').update(token).digest('hex').slice(0, 32);
  const names = budgetKeys(digest);
  return {
    token,
    names,
    /** As if this much time had passed since everything so far. */
    async pass(ms: number) {
      for (const [id, at] of pairs(await redis.zrange(names.requests, 0, '-1', 'WITHSCORES'))) {
        await redis.zadd(names.requests, Number(at) - ms, id);
      }
      for (const [field, at] of Object.entries(await redis.hgetall(names.pace))) {
        await redis.hset(names.pace, field, Number(at) - ms);
      }
    },
    async take(perMinute: number) {
      const grant = await budget.take(token, perMinute, timeoutMs);
      if (grant.kind === 'wait') throw new Error(`Not granted for ${grant.waitMs} ms.`);
      return grant;
    },
    async waits(perMinute: number): Promise<number> {
      const grant = await budget.take(token, perMinute, timeoutMs);
      return grant.kind === 'wait' ? grant.waitMs : 0;
    },
  };
}

function pairs(flat: string[]): [string, string][] {
  return flat.flatMap((member, index) =>
    index % 2 === 0 ? [[member, flat[index + 1] ?? ''] as [string, string]] : [],
  );
}

/** The script reads Redis's own clock: a second is more than any test run takes between two commands. */
function expectAbout(actualMs: number, expectedMs: number): void {
  expect(actualMs).toBeLessThanOrEqual(expectedMs);
  expect(actualMs).toBeGreaterThan(expectedMs - 1000);
}

test('requests are spaced evenly over the minute', async () => {
  const { take, waits, pass } = newToken();
  await take(6);
  expectAbout(await waits(6), 10_000);
  await pass(4000);
  expectAbout(await waits(6), 6000);
  await pass(6000);
  await take(6);
});

test('a third request of two a minute waits until a minute after the first was answered', async () => {
  const { take, waits, pass } = newToken();
  const first = await take(2);
  await pass(5000);
  await first.settle();
  await pass(30_000);
  const second = await take(2);
  await second.settle();
  expectAbout(await waits(2), 30_000);
  await pass(29_000);
  expectAbout(await waits(2), 1000);
  await pass(1000);
  await take(2);
});

test('a request that was never answered counts until a minute after its deadline', async () => {
  const { take, waits } = newToken();
  await take(1);
  expectAbout(await waits(1), 60_000 + timeoutMs);
});

test('an answer that comes after its request stopped counting changes nothing', async () => {
  const { token, take, pass } = newToken();
  const late = await take(1);
  await pass(60_000 + timeoutMs);
  await take(1);
  await late.settle();
  expect(await budget.usedLastMinute(token)).toBe(1);
});

test('no sliding minute holds more than the limit, however requests and answers fall', async () => {
  const { pass, token } = newToken();
  const granted: { atMs: number; answeredMs: number }[] = [];
  let nowMs = 0;
  const step = async (ms: number) => {
    nowMs += ms;
    await pass(ms);
  };
  for (let round = 0; round < 40; round += 1) {
    const grant = await budget.take(token, 5, timeoutMs);
    if (grant.kind === 'wait') {
      await step(grant.waitMs + 1);
      continue;
    }
    const atMs = nowMs;
    await step((round * 7919) % 9000);
    await grant.settle();
    granted.push({ atMs, answeredMs: nowMs });
  }
  expect(granted.length).toBeGreaterThan(15);
  // An inbox may count a request anywhere between its start and its answer: even so, six take over a minute.
  const spans = granted.slice(5).map(({ atMs }, at) => atMs - (granted[at]?.answeredMs ?? 0));
  expect(Math.min(...spans)).toBeGreaterThanOrEqual(59_000);
});

test('a limit that was lowered holds at once', async () => {
  const { take, waits, pass } = newToken();
  for (let round = 0; round < 4; round += 1) {
    await (await take(60)).settle();
    await pass(1000);
  }
  // The fourth last has to leave the minute before a second one may come.
  expectAbout(await waits(2), 60_000 - 2000);
});

test('while the inbox asked for silence nobody asks, and a shorter wish does not end it', async () => {
  const { token, waits, pass, take } = newToken();
  await budget.block(token, 120_000.4);
  await budget.block(token, 5000);
  expectAbout(await waits(100), 120_001);
  await pass(120_001);
  await take(100);
});

test('silence outlives the minute after which an unused budget is forgotten', async () => {
  const { token, names } = newToken();
  await budget.block(token, 3_600_000);
  expect(await redis.pttl(names.pace)).toBeGreaterThan(3_600_000);
});

test('a budget that nobody uses any more leaves nothing in Redis', async () => {
  const { take, names } = newToken();
  await take(10);
  for (const key of [names.requests, names.pace]) {
    expect(await redis.pttl(key)).toBeGreaterThan(60_000 + timeoutMs);
    expect(await redis.pttl(key)).toBeLessThanOrEqual(120_000 + timeoutMs);
  }
});

test('processes that ask at the same moment share one budget', async () => {
  const { token } = newToken();
  const others = Array.from({ length: 10 }, (_, index) =>
    createBudget(connection, () => `other-${index}`),
  );
  const grants = await Promise.all(others.map((other) => other.take(token, 100, timeoutMs)));
  expect(grants.filter(({ kind }) => kind === 'granted')).toHaveLength(1);
});

test('every token has a budget of its own', async () => {
  await newToken().take(1);
  await newToken().take(1);
});

test('what was used counts for a minute and no longer, asked for or not', async () => {
  const { token, take, pass } = newToken();
  expect(await budget.usedLastMinute(token)).toBe(0);
  await (await take(60)).settle();
  await pass(2000);
  await (await take(60)).settle();
  expect(await budget.usedLastMinute(token)).toBe(2);
  await pass(58_500);
  expect(await budget.usedLastMinute(token)).toBe(1);
  await pass(2000);
  expect(await budget.usedLastMinute(token)).toBe(0);
});
