import { expect, test } from 'vitest';
import type { Overview } from '#api/overview-schema.ts';
import { isDeliveredWords, isSeenWords } from '#dashboard/overview-words.ts';

const nowMs = Date.parse('2026-06-12T10:00:00.000Z');

function overview(changes: {
  readonly sources?: Partial<Overview['sources']>;
  readonly subscriptions?: Partial<Overview['subscriptions']>;
  readonly deliveries?: Partial<Overview['deliveries']>;
  readonly oldestWaitingAt?: string;
}): Overview {
  return {
    at: new Date(nowMs).toISOString(),
    sources: {
      baselining: 0,
      watching: 1,
      paused: 0,
      failing: 0,
      contacts: 5,
      hotSeconds: 3,
      oldestUnverifiedSeconds: 41.2,
      ...changes.sources,
    },
    subscriptions: { active: 1, failing: 0, paused: 0, disabled: 0, ...changes.subscriptions },
    deliveries: {
      waiting: 0,
      held: 0,
      retrying: 0,
      failed: 0,
      expired: 0,
      skipped: 0,
      ...changes.deliveries,
    },
    oldestWaitingAt: changes.oldestWaitingAt ?? null,
    concerns: [],
    minutes: [],
  };
}

test('everything is seen: within which time', () => {
  expect(isSeenWords(overview({}))).toEqual({
    tone: 'good',
    answer: 'Yes',
    because: 'Everyone was read within 42 s.',
  });
});

test('one inbox that fails is worse than one that is read for the first time', () => {
  const both = isSeenWords(overview({ sources: { failing: 1, baselining: 1 } }));
  expect(both).toMatchObject({ tone: 'bad', answer: 'No' });
  expect(isSeenWords(overview({ sources: { baselining: 1 } }))).toMatchObject({
    tone: 'idle',
    answer: 'Not yet',
  });
});

test('without an inbox nothing is watched, and it says how to connect one', () => {
  const none = isSeenWords(overview({ sources: { watching: 0 } }));
  expect(none.because).toContain('INBOX_API_TOKEN');
  const paused = isSeenWords(overview({ sources: { watching: 0, paused: 2 } }));
  expect(paused).toMatchObject({ tone: 'warn' });
});

test('before everyone was read once, nobody says so', () => {
  const { tone, answer } = isSeenWords(overview({ sources: { oldestUnverifiedSeconds: null } }));
  expect({ tone, answer }).toEqual({ tone: 'idle', answer: 'Not yet' });
});

test('nothing waits: all is delivered', () => {
  expect(isDeliveredWords(overview({}), nowMs)).toMatchObject({ tone: 'good', answer: 'Yes' });
});

test('what was given up was not delivered, though nothing waits', () => {
  const lost = overview({ deliveries: { failed: 16, expired: 1 } });
  expect(isDeliveredWords(lost, nowMs)).toEqual({
    tone: 'warn',
    answer: 'All but 17',
    because:
      'Nothing waits, but 17 deliveries were given up. What failed can be replayed: see its subscription.',
  });
});

test('what waits is counted, with the age of the oldest', () => {
  const waiting = overview({
    deliveries: { waiting: 2, held: 1, retrying: 1 },
    oldestWaitingAt: '2026-06-12T09:59:57.000Z',
  });
  expect(isDeliveredWords(waiting, nowMs)).toEqual({
    tone: 'good',
    answer: 'On its way',
    because: '4 deliveries wait, the oldest for 3 s. 1 of them is tried again.',
  });
});

test('what waits for a subscriber that fails is not on its way', () => {
  const deliveries = { waiting: 1 };
  const failing = overview({ deliveries, subscriptions: { failing: 1 } });
  expect(isDeliveredWords(failing, nowMs)).toMatchObject({
    tone: 'warn',
    answer: 'Not everything',
  });
  const disabled = overview({ deliveries, subscriptions: { disabled: 1 } });
  expect(isDeliveredWords(disabled, nowMs)).toMatchObject({ tone: 'bad' });
});

test('without a subscription nobody listens', () => {
  const nobody = overview({ subscriptions: { active: 0 } });
  expect(isDeliveredWords(nobody, nowMs)).toMatchObject({ answer: 'Nobody listens' });
});
