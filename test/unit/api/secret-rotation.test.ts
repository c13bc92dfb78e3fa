import { expect, test } from 'vitest';
import { rotateSecrets } from '#api/secret-rotation.ts';

const nowMs = Date.parse('2026-06-12T10:00:00.000Z');
const hour = 3_600_000;
const at = (ms: number) => new Date(nowMs + ms).toISOString();

test('the new secret comes first, and the one in force gets an end', () => {
  expect(rotateSecrets([{ value: 'old', until: null }], 'new', nowMs, hour)).toEqual({
    kind: 'rotated',
    secrets: [
      { value: 'new', until: null },
      { value: 'old', until: at(hour) },
    ],
  });
});

test('one that has its end keeps it, whether it is sooner or later', () => {
  const before = [
    { value: 'present', until: null },
    { value: 'later', until: at(5 * hour) },
    { value: 'sooner', until: at(1) },
  ];
  expect(rotateSecrets(before, 'new', nowMs, hour)).toMatchObject({
    secrets: [
      { value: 'new', until: null },
      { value: 'present', until: at(hour) },
      { value: 'later', until: at(5 * hour) },
      { value: 'sooner', until: at(1) },
    ],
  });
});

test('those that are over are dropped, and without an overlap the present one is too', () => {
  const before = [
    { value: 'present', until: null },
    { value: 'over', until: at(0) },
  ];
  expect(rotateSecrets(before, 'new', nowMs, 0)).toEqual({
    kind: 'rotated',
    secrets: [{ value: 'new', until: null }],
  });
});

test('a secret that signs already is no new one, but one that is over may come back', () => {
  const before = [
    { value: 'present', until: null },
    { value: 'before', until: at(1) },
    { value: 'over', until: at(-1) },
  ];
  for (const value of ['present', 'before']) {
    expect(rotateSecrets(before, value, nowMs, hour)).toEqual({ kind: 'in_force_already' });
  }
  expect(rotateSecrets(before, 'over', nowMs, hour)).toMatchObject({ kind: 'rotated' });
});

test('five sign at most; a sixth has to wait for the first of them to end', () => {
  const older = [3, 2, 4].map((end) => ({ value: `until-${end}`, until: at(end * hour) }));
  const four = [{ value: 'present', until: null }, ...older];
  const rotated = rotateSecrets(four, 'new', nowMs, hour);
  expect(rotated).toMatchObject({ kind: 'rotated' });
  const five = rotated.kind === 'rotated' ? rotated.secrets : [];
  expect(five).toHaveLength(5);
  const nextEnd = at(hour);
  expect(rotateSecrets(five, 'newer', nowMs, 6 * hour)).toEqual({ kind: 'too_many', nextEnd });
  // Without an overlap there is room again.
  expect(rotateSecrets(five, 'newer', nowMs, 0)).toMatchObject({ kind: 'rotated' });
});
