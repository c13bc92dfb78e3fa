import fc from 'fast-check';
import { expect, test } from 'vitest';
import { observationTime } from '#poll/observation-time.ts';
import { hotWindowStart } from '#poll/window.ts';

test('clocks that agree use ours, which is finer than the Date header', () => {
  const askedAtMs = 1_000_200;
  const serverTimeMs = 1_000_000;
  const time = observationTime({ askedAtMs, answeredAtMs: 1_000_250, serverTimeMs });
  expect(time).toEqual({ fromMs: 1_000_000, toMs: 1_000_250 });
});

test('without a Date header our clock is all there is', () => {
  const time = observationTime({ askedAtMs: 5, answeredAtMs: 9, serverTimeMs: null });
  expect(time).toEqual({ fromMs: 5, toMs: 9 });
});

test('whatever our clock says, the bracket holds the moment of the answer; to the second, where the clocks differ by less', () => {
  const hour = 3_600_000;
  fc.assert(
    fc.property(
      fc.integer({ min: -hour, max: hour }),
      fc.integer({ min: 0, max: 20_000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.integer({ min: 10 * hour, max: 11 * hour }),
      (skewMs, durationMs, share, inboxAskedAtMs) => {
        const truthMs = inboxAskedAtMs + durationMs * share;
        const time = observationTime({
          askedAtMs: inboxAskedAtMs + skewMs,
          answeredAtMs: inboxAskedAtMs + skewMs + durationMs,
          serverTimeMs: Math.floor(truthMs / 1000) * 1000,
        });
        expect(time.fromMs).toBeLessThanOrEqual(truthMs);
        const toleranceMs = skewMs === 0 ? 1 : 1000;
        expect(time.toMs + toleranceMs).toBeGreaterThan(truthMs);
      },
    ),
  );
});

test('the hot window overlaps what was covered, and reads over an outage', () => {
  const window = { inboxNowMs: 1_000_000, lookbackMs: 60_000 };
  expect(hotWindowStart({ ...window, coveredUntilMs: null })).toBe(940_000);
  expect(hotWindowStart({ ...window, coveredUntilMs: 990_000 })).toBe(930_000);
  expect(hotWindowStart({ ...window, coveredUntilMs: 100_000 })).toBe(40_000);
});

test('coverage that lies in the future of a clock that was set back does not hide the present', () => {
  const start = hotWindowStart({
    inboxNowMs: 1_000_000,
    coveredUntilMs: 4_600_000,
    lookbackMs: 60_000,
  });
  expect(start).toBe(940_000);
});
