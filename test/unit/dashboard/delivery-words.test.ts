import { expect, test } from 'vitest';
import {
  type Attempt,
  attemptWords,
  type Delivery,
  phasesOf,
  successOf,
} from '#dashboard/delivery-words.ts';

const attempt = (changes: Partial<Attempt> = {}): Attempt => ({
  at: '2026-06-12T10:00:00.000Z',
  durationMs: 100,
  ...changes,
});

test.each([
  [200, 'good', 'It was taken.'],
  [299, 'good', 'It was taken.'],
  [301, 'bad', 'Redirects are not followed: the subscription needs the last address.'],
  [400, 'bad', 'The subscriber did not take it as it is.'],
  [404, 'bad', 'There is nothing at this address.'],
  [410, 'bad', 'The subscriber is gone and wants nothing more.'],
  [429, 'bad', 'The subscriber asks for fewer requests.'],
  [500, 'bad', 'Something went wrong at the subscriber.'],
])('an answer %i is explained', (statusCode, tone, meaning) => {
  expect(attemptWords(attempt({ statusCode }))).toEqual({
    tone,
    word: `Answered ${statusCode}`,
    meaning,
  });
});

test('an attempt without an answer is told in its own sentence, or in ours', () => {
  const message = 'No answer came within 15000 ms.';
  expect(attemptWords(attempt({ error: 'timeout', message }))).toEqual({
    tone: 'bad',
    word: 'Too slow',
    meaning: message,
  });
  expect(attemptWords(attempt({ error: 'tls_error' })).meaning).toBe(
    'No secure connection could be made.',
  );
  expect(attemptWords(attempt({ error: 'aborted' })).tone).toBe('idle');
  expect(attemptWords(attempt({ error: 'something_new' })).word).toBe('No answer');
});

test('phases follow each other and fill the whole attempt', () => {
  const phases = { dnsMs: 4, connectMs: 22, tlsMs: 41, firstByteMs: 90 };
  expect(phasesOf(attempt({ phases }))).toEqual([
    { name: 'dns', label: 'DNS', ms: 4 },
    { name: 'connect', label: 'Connect', ms: 22 },
    { name: 'tls', label: 'TLS', ms: 41 },
    { name: 'wait', label: 'First byte', ms: 23 },
    { name: 'rest', label: 'Rest', ms: 10 },
  ]);
});

test('on a kept connection there is nothing to open, and without an answer the rest is silence', () => {
  expect(phasesOf(attempt({ phases: { firstByteMs: 100 } }))).toEqual([
    { name: 'wait', label: 'First byte', ms: 100 },
  ]);
  expect(phasesOf(attempt({ phases: { dnsMs: 30 } }))).toEqual([
    { name: 'dns', label: 'DNS', ms: 30 },
    { name: 'rest', label: 'No answer', ms: 70 },
  ]);
  // Clocks are read at different moments; no part is ever negative.
  expect(phasesOf(attempt({ durationMs: 5, phases: { connectMs: 6, firstByteMs: 5 } }))).toEqual([
    { name: 'connect', label: 'Connect', ms: 6 },
  ]);
});

function listOf(next: string | null, ...attempts: [second: number, statusCode: number][]) {
  const data = attempts.map(
    ([second, statusCode]): Delivery => ({
      event: 'evt_1',
      source: 'default',
      contact: null,
      committedAt: '2026-06-12T10:00:00.000Z',
      status: 'delivered',
      attempts: [
        attempt({ at: `2026-06-12T10:00:${String(second).padStart(2, '0')}.000Z`, statusCode }),
      ],
      nextAttemptAt: null,
    }),
  );
  return { data, next };
}

test('success is counted over all attempts that are listed, the latest last', () => {
  const delivered = listOf(null, [30, 200], [10, 204]);
  const failed = listOf(null, [20, 500]);
  expect(successOf([delivered, failed])).toEqual({
    succeeded: 2,
    attempts: 3,
    latest: [true, false, true],
  });
});

test('what is older than the end of a list that was cut off is not counted from the others', () => {
  const delivered = listOf('more', [30, 200], [25, 200]);
  const failed = listOf(null, [28, 500], [20, 500], [10, 500]);
  expect(successOf([delivered, failed])).toMatchObject({ succeeded: 2, attempts: 3 });
});

test('an attempt that this service stopped says nothing about the subscriber', () => {
  const list = listOf(null, [10, 200]);
  const [delivery] = list.data;
  const stopped = { ...delivery, attempts: [attempt({ error: 'aborted' })] } as Delivery;
  expect(successOf([list, { data: [stopped], next: null }])).toMatchObject({ attempts: 1 });
});

test('no more than the latest hundred are counted', () => {
  const many = Array.from({ length: 101 }, (_, second): [number, number] => [
    second % 60,
    second === 0 ? 500 : 200,
  ]);
  expect(successOf([listOf(null, ...many)])).toMatchObject({ attempts: 100, succeeded: 100 });
});

test('without an attempt there is no rate', () => {
  expect(successOf([])).toEqual({ succeeded: 0, attempts: 0, latest: [] });
});
