import { expect } from 'vitest';
import type { Budget, Granted, Wish } from '#store/budget.ts';

/** A budget, a token that nobody has used, and a clock that can be moved: real time may pass as well. */
export interface BudgetUnderTest {
  readonly budget: Budget;
  readonly token: string;
  /** As if this much time had passed since everything so far. */
  readonly pass: (ms: number) => Promise<void>;
  /** The budget's own time, by which what passed has passed. */
  readonly now: () => number;
}

export const timeoutMs = 15_000;

/** How tests ask: one asker who is in a hurry and has time, unless told. */
export function asking({ budget, token, pass, now }: BudgetUnderTest) {
  const ask = (perMinute: number, wish: Partial<Wish> = {}) =>
    budget.take(token, {
      asker: 'one',
      perMinute,
      timeoutMs,
      urgent: true,
      patienceMs: 600_000,
      ...wish,
    });
  return {
    budget,
    token,
    pass,
    now,
    ask,
    async take(perMinute: number, wish: Partial<Wish> = {}): Promise<Granted> {
      const grant = await ask(perMinute, wish);
      if (grant.kind === 'wait') throw new Error(`Not granted for ${grant.waitMs} ms.`);
      return grant;
    },
    async waits(perMinute: number, wish: Partial<Wish> = {}): Promise<number> {
      const grant = await ask(perMinute, wish);
      return grant.kind === 'wait' ? grant.waitMs : 0;
    },
    inForce: async (perMinute: number) => (await budget.usage(token, perMinute)).limitInForce,
    used: async () => (await budget.usage(token, 100)).usedLastMinute,
  };
}

/** A real clock runs on: a second is more than any test run takes between two commands. */
export function expectAbout(actualMs: number, expectedMs: number): void {
  expect(actualMs).toBeLessThanOrEqual(expectedMs);
  expect(actualMs).toBeGreaterThan(expectedMs - 1000);
}
