import fc from 'fast-check';
import { expect, test } from 'vitest';

import { createRateLimit } from '#simulator/rate-limit.ts';

test('whatever the asker does, no sliding minute lets through more, and no sooner than said', () => {
  const gaps = fc.array(fc.nat(20_000), { maxLength: 200, size: 'max' });
  fc.assert(
    fc.property(gaps, fc.integer({ min: 1, max: 5 }), (gapsMs, perMinute) => {
      const limit = createRateLimit(perMinute);
      const passed: number[] = [];
      let nowMs = 0;
      for (const gapMs of gapsMs) {
        nowMs += gapMs;
        const recent = passed.filter((atMs) => atMs > nowMs - 60_000);
        const waitSeconds = limit.take('token', nowMs);
        expect(waitSeconds === null).toBe(recent.length < perMinute);
        if (waitSeconds === null) passed.push(nowMs);
        else expect(waitSeconds).toBe(Math.ceil((recent[0]! + 60_000 - nowMs) / 1000));
      }
    }),
  );
});
