import { expect, test } from 'vitest';
import { createOutcomeRecorder } from '#deliver/outcome-recorder.ts';
import type { LaneOutcome, Recorded } from '#store/lane-work.ts';

function outcome(number: number): LaneOutcome {
  const ref = `inbox ${number}-0 evt_${number}` as const;
  return { origin: 'waiting', ref, kind: 'delivered', dueMs: null, attempts: [], scheduled: 1 };
}

/** A recorder whose calls end only when the test says so. */
function setUp() {
  const calls: { outcomes: readonly LaneOutcome[]; answer: (recorded: Recorded) => void }[] = [];
  const errors: unknown[] = [];
  const recorded = Promise.withResolvers<void>();
  const recorder = createOutcomeRecorder({
    record: (outcomes) => new Promise((answer) => calls.push({ outcomes, answer })),
    onRecorded: () => recorded.resolve(),
    onError: (error) => errors.push(error),
  });
  return { recorder, calls, errors, recorded: recorded.promise };
}

const done: Recorded = { kind: 'recorded', status: 'active' };

test('convoy (by reading): twenty-five outcomes are recorded together, without being asked to', () => {
  const { recorder, calls } = setUp();
  for (let number = 1; number < 25; number += 1) recorder.add(outcome(number));
  expect(calls).toHaveLength(0);
  recorder.add(outcome(25));
  expect(calls.map(({ outcomes }) => outcomes.length)).toEqual([25]);
});

test('what ends while a call is under way goes into the next one, and calls never overlap', async () => {
  const { recorder, calls, recorded } = setUp();
  recorder.add(outcome(1));
  recorder.flush();
  recorder.add(outcome(2));
  recorder.flush();
  expect(calls).toHaveLength(1);
  calls[0]?.answer(done);
  await recorded;
  expect(calls[1]?.outcomes.map(({ ref }) => ref)).toEqual([outcome(2).ref]);
});

test('an outcome counts as unrecorded until its call has ended', async () => {
  const { recorder, calls, recorded } = setUp();
  recorder.add(outcome(1));
  recorder.flush();
  expect([...recorder.refs()]).toEqual([outcome(1).ref]);
  calls[0]?.answer(done);
  await recorded;
  expect(recorder.unrecorded).toBe(0);
});

test('what could not be recorded is told, and stays unrecorded', async () => {
  const told = Promise.withResolvers<unknown>();
  const recorder = createOutcomeRecorder({
    record: async () => {
      throw new Error('Redis says no.');
    },
    onRecorded: () => {},
    onError: told.resolve,
  });
  recorder.add(outcome(1));
  recorder.flush();
  expect(await told.promise).toMatchObject({ message: 'Redis says no.' });
  expect(recorder.unrecorded).toBe(1);
});
