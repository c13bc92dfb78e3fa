import { expect, test } from 'vitest';
import { asking, type BudgetUnderTest, expectAbout } from './budget-suite.ts';

/** Who comes next where several wait for one token. */
export function testBudgetQueue(open: () => BudgetUnderTest): void {
  const opened = () => asking(open());

  test('whoever waited first goes first, also when the other comes just in time', async () => {
    const { take, waits, pass } = opened();
    await take(6);
    await waits(6, { asker: 'first' });
    await pass(1000);
    await waits(6, { asker: 'second' });
    await pass(9000);
    expect(await waits(6, { asker: 'second' })).toBeGreaterThan(0);
    await take(6, { asker: 'first' });
    expectAbout(await waits(6, { asker: 'second' }), 10_000);
  });

  test('whoever stands further back is told to come later', async () => {
    const { take, waits, pass } = opened();
    await take(6);
    expectAbout(await waits(6, { asker: 'first' }), 10_000);
    await pass(1);
    const secondMs = await waits(6, { asker: 'second' });
    await pass(1);
    expect(await waits(6, { asker: 'third' })).toBeGreaterThan(secondMs + 400);
    expect(secondMs).toBeGreaterThan((await waits(6, { asker: 'first' })) + 400);
  });

  test('whoever comes again after its turn stands behind those who wait', async () => {
    const { take, waits, pass } = opened();
    await take(6, { asker: 'greedy' });
    await waits(6, { asker: 'greedy' });
    await waits(6, { asker: 'modest' });
    await pass(10_000);
    await take(6, { asker: 'greedy' });
    await waits(6, { asker: 'greedy' });
    await pass(10_000);
    expect(await waits(6, { asker: 'greedy' })).toBeGreaterThan(0);
    await take(6, { asker: 'modest' });
  });

  test('a hot window goes before a background reading that came a little earlier', async () => {
    const { take, waits, pass } = opened();
    await take(6);
    await waits(6, { asker: 'background', urgent: false });
    await pass(5000);
    await waits(6, { asker: 'hot' });
    await pass(5000);
    expect(await waits(6, { asker: 'background', urgent: false })).toBeGreaterThan(0);
    await take(6, { asker: 'hot' });
  });

  test('a background reading that has waited ten seconds longer goes before a hot window', async () => {
    const { take, waits, pass } = opened();
    await take(4);
    await waits(4, { asker: 'background', urgent: false });
    await pass(12_000);
    await waits(4, { asker: 'hot' });
    await pass(3000);
    expect(await waits(4, { asker: 'hot' })).toBeGreaterThan(0);
    await take(4, { asker: 'background', urgent: false });
  });

  test('one who waited in the background and now is in a hurry gets the better place', async () => {
    const { take, waits, pass } = opened();
    await take(6);
    await waits(6, { asker: 'changed', urgent: false });
    await pass(1000);
    await waits(6, { asker: 'changed' });
    await pass(1000);
    await waits(6, { asker: 'hot' });
    await pass(8000);
    expect(await waits(6, { asker: 'hot' })).toBeGreaterThan(0);
    await take(6, { asker: 'changed' });
  });

  test('the turn of one who does not come is lost after half a second for each', async () => {
    const { take, waits, pass } = opened();
    await take(6);
    await waits(6, { asker: 'dead' });
    await pass(1);
    await waits(6, { asker: 'also dead' });
    await pass(1);
    await waits(6, { asker: 'alive' });
    await pass(10_000);
    expectAbout(await waits(6, { asker: 'alive' }), 1000);
    await pass(1000);
    await take(6, { asker: 'alive' });
    await waits(6, { asker: 'alive' });
    await pass(10_000);
    await take(6, { asker: 'alive' });
  });

  test('one who will not wait that long takes no place', async () => {
    const { take, waits, pass } = opened();
    await take(6);
    await waits(6, { asker: 'hasty', patienceMs: 60_000 });
    await waits(6, { asker: 'hasty', patienceMs: 100 });
    await pass(1);
    await waits(6, { asker: 'patient' });
    await pass(10_000);
    await take(6, { asker: 'patient' });
  });

  test('sources that share a token read their hot windows equally often, however much the others read', async () => {
    const { ask, pass } = opened();
    const readers = [0, 1, 2, 3].map(createReader);
    let nowMs = 0;
    while (nowMs < 200_000) {
      const reader = readers.reduce((first, next) => (next.atMs < first.atMs ? next : first));
      await pass(Math.max(0, reader.atMs - nowMs));
      nowMs = Math.max(nowMs, reader.atMs);
      await reader.step(nowMs, ask);
    }
    const windows = readers.map(({ counts }) => counts.windows);
    expect(Math.min(...windows)).toBeGreaterThanOrEqual(17);
    const background = readers.slice(1).map(({ counts }) => counts.background);
    expect(Math.min(...background)).toBeGreaterThan(20);
    expect(Math.max(...background)).toBeLessThan(2 * Math.min(...background));
  });
}

/** A source as a poll job reads it: a hot window every ten seconds, and the background all the time in between. */
function createReader(index: number) {
  const hotPages = 1 + index;
  const counts = { windows: 0, background: 0 };
  let pollsAtMs = index * 10;
  let pagesLeft = 0;
  const reader = {
    counts,
    atMs: pollsAtMs,
    async step(nowMs: number, ask: ReturnType<typeof asking>['ask']) {
      if (nowMs >= pollsAtMs) {
        pollsAtMs = nowMs + 10_000;
        pagesLeft = hotPages;
      }
      const urgent = pagesLeft > 0;
      // The first source has nothing to read in the background.
      if (!urgent && index === 0) {
        reader.atMs = pollsAtMs;
        return;
      }
      const grant = await ask(100, { asker: `source-${index}`, urgent });
      reader.atMs = nowMs + (grant.kind === 'wait' ? grant.waitMs : 50);
      if (grant.kind === 'wait') return;
      await grant.settle();
      if (!urgent) counts.background += 1;
      else pagesLeft -= 1;
      if (urgent && pagesLeft === 0) counts.windows += 1;
    },
  };
  return reader;
}
