import { expect, test } from 'vitest';
import { isFailing, type SourceError } from '#domain/source.ts';
import { judgeHealth, type PollShown } from '#poll/source-health.ts';

const startMs = Date.parse('2026-06-12T10:00:00.000Z');
const seconds = (count: number) => startMs + count * 1000;
const answered: PollShown = { kind: 'answered' };
const waited: PollShown = { kind: 'nothing' };
const broken: PollShown = { kind: 'failed', errorKind: 'server_error', message: 'It is broken.' };
const refused: PollShown = { kind: 'failed', errorKind: 'unauthorized', message: 'Who are you?' };

/** A source that remembers what it is told to, as the store does. */
function watched() {
  let error: SourceError | null | undefined;
  return {
    shows(shown: PollShown, nowMs: number) {
      const judged = judgeHealth({ sourceId: 'shop', baselineId: 'b1', error }, shown, nowMs);
      if (judged.error !== undefined) error = judged.error;
      return judged.event;
    },
    error: () => error,
  };
}

test('a source is announced as failing once, a minute after the first failure', () => {
  const { shows } = watched();
  expect(shows(broken, seconds(0))).toBeNull();
  expect(shows(broken, seconds(30))).toBeNull();
  expect(shows(broken, seconds(59.9))).toBeNull();
  expect(shows(broken, seconds(60))).toEqual({
    id: expect.stringMatching(/^evt_.{22}$/),
    type: 'source.failing',
    timestamp: '2026-06-12T10:01:00.000Z',
    data: {
      source: 'shop',
      error: { kind: 'server_error', message: 'It is broken.', since: '2026-06-12T10:00:00.000Z' },
    },
  });
  expect(shows(broken, seconds(90))).toBeNull();
});

test('a refused token is announced at once, also when other failures came before', () => {
  expect(watched().shows(refused, seconds(0))).toMatchObject({ type: 'source.failing' });
  const other = watched();
  other.shows(broken, seconds(0));
  expect(other.shows(refused, seconds(10))).toMatchObject({
    data: { error: { kind: 'unauthorized', since: '2026-06-12T10:00:00.000Z' } },
  });
  expect(other.shows(broken, seconds(70))).toBeNull();
});

test('its recovery is announced once, with the moment since which it failed', () => {
  const { shows, error } = watched();
  shows(refused, seconds(0));
  expect(shows(answered, seconds(300))).toEqual({
    id: expect.stringMatching(/^evt_.{22}$/),
    type: 'source.recovered',
    timestamp: '2026-06-12T10:05:00.000Z',
    data: { source: 'shop', failingSince: '2026-06-12T10:00:00.000Z' },
  });
  expect(error()).toBeNull();
  expect(shows(answered, seconds(310))).toBeNull();
});

test('a failure that passes within a minute is announced neither way', () => {
  const { shows, error } = watched();
  shows(broken, seconds(0));
  expect(shows(answered, seconds(50))).toBeNull();
  expect(error()).toBeNull();
  expect(shows(broken, seconds(70))).toBeNull();
});

test('every spell has events with ids of their own, the same whenever they are found again', () => {
  const { shows } = watched();
  const first = shows(refused, seconds(0));
  const end = shows(answered, seconds(10));
  const second = shows(refused, seconds(20));
  expect(new Set([first?.id, end?.id, second?.id]).size).toBe(3);
  const error = { kind: 'server_error', message: '', sinceMs: startMs };
  const source = { sourceId: 'shop', baselineId: 'b1', error };
  const ids = [60, 90].map((at) => judgeHealth(source, broken, seconds(at)).event?.id);
  expect(ids[1]).toBe(ids[0]);
});

test('a poll that was only kept waiting neither begins nor ends a failure, but sees its minute pass', () => {
  const { shows, error } = watched();
  expect(shows(waited, seconds(0))).toBeNull();
  expect(error()).toBeUndefined();
  shows(broken, seconds(0));
  const before = error();
  expect(shows(waited, seconds(59))).toBeNull();
  expect(error()).toEqual(before);
  expect(shows(waited, seconds(61))).toMatchObject({ type: 'source.failing' });
  expect(shows(waited, seconds(91))).toBeNull();
});

test('a source that was announced as failing counts as failing until it has recovered', () => {
  const { shows, error } = watched();
  shows(refused, seconds(0));
  shows(broken, seconds(10));
  expect(isFailing(error() as SourceError, seconds(20))).toBe(true);
});

test('the latest failure is kept with the moment of the first', () => {
  const { shows, error } = watched();
  shows(broken, seconds(0));
  shows({ kind: 'failed', errorKind: 'timeout', message: 'Too slow.' }, seconds(10));
  expect(error()).toEqual({ kind: 'timeout', message: 'Too slow.', sinceMs: startMs });
});

test('a clock that is set back begins the minute anew instead of never ending it', () => {
  const { shows } = watched();
  shows(broken, seconds(3600));
  expect(shows(broken, seconds(0))).toBeNull();
  expect(shows(broken, seconds(60))).toMatchObject({
    data: { error: { since: '2026-06-12T10:00:00.000Z' } },
  });
});
