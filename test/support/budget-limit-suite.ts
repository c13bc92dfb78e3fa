import { expect, test } from 'vitest';
import { asking, type BudgetUnderTest, expectAbout, timeoutMs } from './budget-suite.ts';

/** What every budget keeps to: the limit over any minute, and what a 429 does to it. */
export function testBudgetLimit(open: () => BudgetUnderTest): void {
  const opened = () => asking(open());

  test('requests are spaced evenly over the minute', async () => {
    const { take, waits, pass } = opened();
    await take(6);
    expectAbout(await waits(6), 10_000);
    await pass(4000);
    expectAbout(await waits(6), 6000);
    await pass(6000);
    await take(6);
  });

  test('a third request of two a minute waits until a minute after the first was answered', async () => {
    const { take, waits, pass } = opened();
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
    const { take, waits } = opened();
    await take(1);
    expectAbout(await waits(1), 60_000 + timeoutMs);
  });

  test('an answer that comes after its request stopped counting changes nothing', async () => {
    const { used, take, pass } = opened();
    const late = await take(1);
    await pass(60_000 + timeoutMs);
    await take(1);
    await late.settle();
    expect(await used()).toBe(1);
  });

  test.each([1, 5, 90])(
    'no sliding minute holds more than %i, however requests and answers fall',
    async (limit) => {
      const { pass, ask, now } = opened();
      const granted: { atMs: number; answeredMs: number }[] = [];
      for (let round = 0; granted.length < limit * 2 + 5; round += 1) {
        const grant = await ask(limit);
        const atMs = now();
        if (grant.kind === 'wait') {
          await pass(grant.waitMs);
          continue;
        }
        await pass((round * 7919) % (45_000 / limit));
        granted.push({ atMs, answeredMs: now() });
        await grant.settle();
      }
      // An inbox may count a request anywhere between its start and its answer: even so, one more takes over a minute.
      const spans = granted
        .slice(limit)
        .map(({ atMs }, at) => atMs - (granted[at]?.answeredMs ?? 0));
      expect(Math.min(...spans)).toBeGreaterThanOrEqual(60_000);
    },
  );

  test('a budget of a million a minute holds nobody up for more than a moment', async () => {
    const { ask } = opened();
    for (let round = 0; round < 200; round += 1) {
      const grant = await ask(1_000_000);
      if (grant.kind === 'wait') expect(grant.waitMs).toBe(1);
    }
  });

  test('a limit that was lowered holds at once', async () => {
    const { take, waits, pass } = opened();
    for (let round = 0; round < 4; round += 1) {
      await (await take(60)).settle();
      await pass(1000);
    }
    // The fourth last has to leave the minute before a second one may come.
    expectAbout(await waits(2), 60_000 - 2000);
  });

  test('of several limits that share a token the least holds for all, as long as someone asks with it', async () => {
    const { take, waits, pass, budget, token } = opened();
    await (await take(6, { asker: 'small' })).settle();
    await pass(1000);
    expectAbout(await waits(600, { asker: 'large' }), 9000);
    expect(await budget.usage(token, 600)).toMatchObject({ limit: 6, limitInForce: 6 });
    await pass(118_500);
    expect(await budget.usage(token, 600)).toMatchObject({ limit: 6 });
    await pass(2000);
    expect(await budget.usage(token, 600)).toMatchObject({ limit: 600, limitInForce: 600 });
    await take(600, { asker: 'large' });
    expect(await waits(600, { asker: 'large' })).toBeLessThanOrEqual(100);
  });

  test('what the source with the larger limit has used counts against the least', async () => {
    const { take, waits, pass } = opened();
    for (let round = 0; round < 10; round += 1) {
      await (await take(600, { asker: 'large' })).settle();
      await pass(100);
    }
    await waits(6, { asker: 'small' });
    expect(await waits(600, { asker: 'large' })).toBeGreaterThan(58_000);
  });

  test('what was used counts for a minute and no longer, asked for or not', async () => {
    const { used, take, pass } = opened();
    expect(await used()).toBe(0);
    await (await take(60)).settle();
    await pass(2000);
    await (await take(60)).settle();
    expect(await used()).toBe(2);
    await pass(58_500);
    expect(await used()).toBe(1);
    await pass(2000);
    expect(await used()).toBe(0);
  });

  test('while the inbox asked for silence nobody asks, and a shorter wish does not end it', async () => {
    const { take, waits, pass } = opened();
    const [one, other] = [await take(1e6), await take(1e6, { asker: 'other' }).catch(() => null)];
    await one.limited(120_000.4);
    await (other ?? one).limited(5000);
    expectAbout(await waits(1e6), 120_001);
    await pass(120_001);
    await take(1e6);
  });

  test('a 429 means that someone else uses the token: the rate is halved, and that is shown', async () => {
    const { take, waits, pass, budget, token } = opened();
    expect(await budget.usage(token, 60)).toMatchObject({ limitInForce: 60, limitedAtMs: null });
    const grant = await take(60);
    expect(await grant.limited(0)).toEqual({ halved: true, limitInForce: 30 });
    const usage = await budget.usage(token, 60);
    expect(usage.limit).toBe(60);
    expect(usage.limitInForce).toBeCloseTo(30, 0);
    expect(usage.limitedAtMs).toEqual(expect.any(Number));
    await pass(1000);
    await take(60);
    const waitMs = await waits(60);
    expect(waitMs).toBeGreaterThan(1100);
    expect(waitMs).toBeLessThanOrEqual(2000);
  });

  test('429s for requests that were on their way together halve the rate once', async () => {
    const { take, pass, inForce } = opened();
    const together: Awaited<ReturnType<typeof take>>[] = [];
    for (let round = 0; round < 3; round += 1) {
      together.push(await take(600));
      await pass(100);
    }
    const cuts: boolean[] = [];
    for (const { limited } of together) cuts.push((await limited(1000)).halved);
    expect(cuts).toEqual([true, false, false]);
    expect(await inForce(600)).toBeCloseTo(300, -1);
    await pass(1000);
    expect(await (await take(600)).limited(1000)).toMatchObject({ halved: true });
    expect(await inForce(600)).toBeLessThan(160);
  });

  test('a rate that was halved rises by a tenth of the limit a minute, from the end of the silence on', async () => {
    const { take, pass, inForce } = opened();
    await (await take(100)).limited(30_000);
    await pass(30_000);
    expect(await inForce(100)).toBeCloseTo(50, 0);
    await pass(60_000);
    expect(await inForce(100)).toBeCloseTo(60, 0);
    await pass(180_000);
    expect(await inForce(100)).toBeCloseTo(90, 0);
    await pass(120_000);
    expect(await inForce(100)).toBe(100);
  });

  test('ten minutes after the last 429 nobody else uses the token any more', async () => {
    const { take, pass, budget, token } = opened();
    await (await take(100)).limited(30_000);
    await pass(628_000);
    expect((await budget.usage(token, 100)).limitedAtMs).not.toBeNull();
    await pass(2000);
    expect((await budget.usage(token, 100)).limitedAtMs).toBeNull();
  });

  test('however often the inbox answers 429, six requests a minute go on', async () => {
    const { take, pass, inForce } = opened();
    for (let round = 0; round < 8; round += 1) {
      await (await take(100)).limited(0);
      await pass(10_000);
    }
    expect(await inForce(100)).toBeGreaterThanOrEqual(6);
    expect(await inForce(100)).toBeLessThan(10);
  });

  test('a limit that is low already is not halved', async () => {
    const { take } = opened();
    expect(await (await take(4)).limited(0)).toEqual({ halved: false, limitInForce: 4 });
  });
}
