import fc from 'fast-check';
import { expect, test } from 'vitest';
import { advanceCycle, ageOfNext, notBegun } from '#poll/cycle.ts';

/** A round of so many slices of equal size, one every `everyMs`. */
function readRound(slices: number, startMs: number, everyMs: number) {
  let cycle = notBegun;
  for (let place = 0; place < slices; place += 1) {
    const nextMs = place === slices - 1 ? null : 1000 + place;
    cycle = advanceCycle(cycle, { nextMs }, startMs + place * everyMs);
  }
  return cycle;
}

test('a round remembers when its first and its last part were asked for', () => {
  expect(readRound(3, 500, 10)).toEqual({
    cursorMs: null,
    startedAtMs: 500,
    last: { startedAtMs: 500, endedAtMs: 520 },
  });
  expect(readRound(1, 500, 10).last).toEqual({ startedAtMs: 500, endedAtMs: 500 });
});

test('a round that goes on stands where its next slice begins, and the last one still counts', () => {
  const first = readRound(2, 0, 10);
  const second = advanceCycle(first, { nextMs: 77 }, 100);
  expect(second).toEqual({ cursorMs: 77, startedAtMs: 100, last: first.last });
  expect(advanceCycle(second, { nextMs: 88 }, 110)).toMatchObject({
    cursorMs: 88,
    startedAtMs: 100,
  });
});

test('whatever was never read is older than anything', () => {
  expect(ageOfNext(notBegun, 0, 1e15)).toBe(Number.POSITIVE_INFINITY);
  const begun = advanceCycle(notBegun, { nextMs: 77 }, 100);
  expect(ageOfNext(begun, 0.5, 100)).toBe(Number.POSITIVE_INFINITY);
});

test('the age of the next slice is the time since it was read, but for one turn', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 50 }),
      fc.nat({ max: 49 }),
      fc.integer({ min: 1, max: 100_000 }),
      (slices, chosen, everyMs) => {
        const place = chosen % slices;
        const nowMs = 1e9;
        const readAtMs = 1000 + place * everyMs;
        const ageMs = ageOfNext(readRound(slices, 1000, everyMs), place / slices, nowMs);
        expect(Math.abs(ageMs - (nowMs - readAtMs))).toBeLessThanOrEqual(everyMs);
      },
    ),
  );
});

test('a clock that was set back keeps nothing from being read', () => {
  const cycle = readRound(2, 5000, 10);
  expect(ageOfNext(cycle, 0, 5000)).toBe(0);
  expect(ageOfNext(cycle, 0, 4999)).toBe(Number.POSITIVE_INFINITY);
});
