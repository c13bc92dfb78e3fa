import { errors } from 'undici';
import { expect, test } from 'vitest';
import { Attempt, type AttemptEnd } from '#webhook/attempt.ts';

function begunAttempt() {
  const ends: AttemptEnd[] = [];
  let dispatches = 0;
  // Null: every connection was there before.
  const agent = { dispatch: () => (dispatches += 1), takeOpening: () => null };
  const request = { path: '/', method: 'POST' } as const;
  const attempt = new Attempt(
    agent,
    request,
    () => 0,
    (end) => ends.push(end),
  );
  const controller = {
    aborted: false,
    paused: false,
    reason: null,
    abort() {},
    pause() {},
    resume() {},
  };
  attempt.start();
  attempt.onRequestStart(controller);
  return { attempt, ends, dispatches: () => dispatches };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('goes again a turn after its kept connection closed', async () => {
  const { attempt, ends, dispatches } = begunAttempt();

  attempt.onResponseError(null, new errors.SocketError('other side closed'));
  expect(dispatches()).toBe(1);
  await turn();

  expect(dispatches()).toBe(2);
  expect(ends).toEqual([]);
});

test('does not go again once it was stopped', async () => {
  const { attempt, ends, dispatches } = begunAttempt();

  attempt.onResponseError(null, new errors.SocketError('other side closed'));
  attempt.abort();
  await turn();

  expect(dispatches()).toBe(1);
  expect(ends).toMatchObject([{ kind: 'stopped', failure: { error: 'aborted' } }]);
});

test('ends once, whatever comes after its end', () => {
  const { attempt, ends } = begunAttempt();

  attempt.abort();
  attempt.onResponseError(null, new errors.SocketError('aborted'));
  attempt.onResponseEnd();

  expect(ends).toHaveLength(1);
});
