import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { createBudget } from '#store/budget.ts';
import { budgetKeys } from '#store/keys.ts';
import { testBudgetLimit } from '../../support/budget-limit-suite.ts';
import { testBudgetQueue } from '../../support/budget-queue-suite.ts';
import { asking, expectAbout, timeoutMs } from '../../support/budget-suite.ts';
import { openConnection } from '../../support/stage.ts';

const connection = await openConnection();
const { redis } = connection;
let ids = 0;
const budget = createBudget(connection, () => String(++ids));
let tokens = 0;

/** A token nobody has used, and what Redis keeps of it. */
function newToken() {
  tokens += 1;
  const token = `token-${tokens}`;
  const digest = createHash('sha256').update(token).digest('hex').slice(0, 32);
  const names = budgetKeys(digest);
  let passedMs = 0;
  return {
    budget,
    token,
    names,
    now: () => performance.timeOrigin + performance.now() + passedMs,
    async pass(ms: number) {
      passedMs += ms;
      for (const name of [names.requests, names.waiting]) {
        const found = pairs(await redis.zrange(name, 0, '-1', 'WITHSCORES'));
        const moved = found.flatMap(([member, at]) => [Number(at) - ms, member]);
        if (moved.length > 0) await redis.zadd(name, ...moved);
      }
      const times = Object.entries(await redis.hgetall(names.pace)).filter(([field]) =>
        field.endsWith('Ms'),
      );
      const moved = times.map(([field, at]) => [field, Number(at) - ms]);
      if (moved.length > 0) await redis.hset(names.pace, Object.fromEntries(moved));
    },
  };
}

function pairs(flat: string[]): [string, string][] {
  return flat.flatMap((member, index) =>
    index % 2 === 0 ? [[member, flat[index + 1] ?? ''] as [string, string]] : [],
  );
}

testBudgetLimit(newToken);
testBudgetQueue(newToken);

test('silence and what it taught outlive the minute after which an unused budget is forgotten', async () => {
  const opened = newToken();
  const { take, pass } = asking(opened);
  await (await take(100)).limited(3_600_000);
  expect(await redis.pttl(opened.names.pace)).toBeGreaterThan(3_600_000 + 600_000);
  await pass(3_600_001);
  await take(100);
  expect(await redis.pttl(opened.names.pace)).toBeGreaterThan(600_000);
});

test('a budget that nobody uses any more leaves nothing in Redis', async () => {
  const opened = newToken();
  const { take, waits } = asking(opened);
  await take(10);
  await waits(10);
  for (const key of Object.values(opened.names)) {
    expect(await redis.pttl(key), key).toBeGreaterThan(60_000);
    expect(await redis.pttl(key), key).toBeLessThanOrEqual(130_000 + timeoutMs);
  }
});

test('processes that ask at the same moment share one budget', async () => {
  const { token } = newToken();
  const others = Array.from({ length: 10 }, (_, index) => {
    const other = createBudget(connection, () => `other-${index}`);
    return asking({ ...newToken(), budget: other, token });
  });
  const waits = await Promise.all(
    others.map(({ waits }, index) => waits(100, { asker: `asker-${index}` })),
  );
  expect(waits.filter((waitMs) => waitMs === 0)).toHaveLength(1);
});

test('every token has a budget of its own', async () => {
  await asking(newToken()).take(1);
  await asking(newToken()).take(1);
});

test("a clock that is set back freezes neither a silence nor the rise after it, nor anyone's place", async () => {
  const { take, waits, pass, inForce } = asking(newToken());
  await (await take(100)).limited(30_000);
  await waits(100, { asker: 'other' });
  await pass(-3_600_000);
  expectAbout(await waits(100), 30_000);
  await pass(30_000);
  await take(100);
  await pass(60_000);
  expect(await inForce(100)).toBeCloseTo(60, 0);
});

test('requests that a clock set back has put into the future do not count until then', async () => {
  const { take, waits, pass } = asking(newToken());
  await (await take(2)).settle();
  await pass(30_000);
  await (await take(2)).settle();
  await pass(-3_600_000);
  expectAbout(await waits(2), 30_000);
});

test("a clock that is set back does not make another source's old limit hold for longer", async () => {
  const { take, pass, budget: opened, token } = asking(newToken());
  await take(6);
  await pass(-3_600_000);
  expect(await opened.usage(token, 100)).toMatchObject({ limit: 100 });
});
