import { pino } from 'pino';
import { expect, test } from 'vitest';
import type { Source } from '#domain/source.ts';
import { describeBaseline } from '#poll/baseline-forecast.ts';
import { createBaselineLog } from '#poll/baseline-log.ts';
import type { Learned } from '#store/source-state.ts';

test.each([
  [0, null, null, '0 contacts read; how many there are is not known yet'],
  [1240, 10_000, 438, '1,240 of about 10,000 contacts read (12 %), about 7 minutes left'],
  [9990, 10_000, 7, '9,990 of about 10,000 contacts read (99 %), about 7 s left'],
  [0, 1_000_000, 40_000, '0 of about 1,000,000 contacts read (0 %), about 11 hours left'],
  [45, 120, null, '45 of about 120 contacts read (37 %)'],
  [0, 0, 0, '0 of about 0 contacts read (100 %), about 0 s left'],
])('%s of %s contacts, %s s left', (contacts, expectedContacts, secondsLeft, words) => {
  expect(describeBaseline(contacts, { expectedContacts, secondsLeft })).toBe(words);
});

const unknown = { verdict: 'unknown' as const, atMs: 0 };
const learned: Learned = {
  pageSize: 20,
  order: null,
  lastSeenAt: unknown,
  createdAt: unknown,
  status: unknown,
  pastEnd: null,
  shortPages: false,
  expectedPages: 50,
};

function source(id: string): Source {
  return {
    id,
    provider: 'botpenguin',
    baseUrl: 'https://inbox.example',
    token: 'token',
    requestsPerMinute: 60,
    paused: false,
    createdAt: '2026-06-12T10:00:00.000Z',
    updatedAt: '2026-06-12T10:00:00.000Z',
  };
}

test('a line every ten seconds tells how far each inbox is, in words and in numbers', () => {
  const lines: Record<string, unknown>[] = [];
  const log = pino(
    { base: null, timestamp: false },
    { write: (line) => lines.push(JSON.parse(line)) },
  );
  let nowMs = 1_000_000;
  const tell = createBaselineLog(log, () => nowMs);
  tell(source('shop'), { learned, contacts: 20 });
  nowMs += 9999;
  tell(source('shop'), { learned, contacts: 100 });
  tell(source('other'), { contacts: 5 });
  nowMs += 1;
  tell(source('shop'), { learned, contacts: 250 });
  expect(lines).toEqual([
    expect.objectContaining({ source_id: 'shop', contacts: 20 }),
    expect.objectContaining({ source_id: 'other', contacts: 5, contacts_expected: null }),
    {
      level: 30,
      source_id: 'shop',
      contacts: 250,
      contacts_expected: 1000,
      seconds_left: 38,
      progress: '250 of about 1,000 contacts read (25 %), about 38 s left.',
      msg: 'baseline.progressed',
    },
  ]);
});
