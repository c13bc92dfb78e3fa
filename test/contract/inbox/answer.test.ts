import { expect, test } from 'vitest';

import { answerTo } from './stub-inbox.ts';

const emptyPage = JSON.stringify({ success: true, message: '', code: 200, data: [] });

test.each([
  ['HTML that calls itself JSON', '<!doctype html><h1>It works!</h1>'],
  ['JSON cut in the middle', '{"success":true,"data":[{"_id":"1","sta'],
  ['nothing at all', ''],
  ['JSON of another shape', '{"success":true,"users":[]}'],
  ['a bare list', '[]'],
  ['data that is no list', '{"success":true,"data":{"_id":"1"}}'],
])('%s is malformed', async (_name, body) => {
  const answer = await answerTo(200, body, { 'content-type': 'application/json' });
  expect(answer).toEqual({
    kind: 'unavailable',
    reason: 'malformed',
    message: 'POST /inbox/users was answered 200 with not a page of contacts.',
  });
});

test('a page is read whatever content type it claims', async () => {
  const answer = await answerTo(201, emptyPage, { 'content-type': 'text/html' });
  expect(answer).toMatchObject({ kind: 'page' });
});

test('a failure under status 200 is told apart from a page', async () => {
  const failure = { success: false, message: 'Maintenance', code: 200, data: [] };
  expect(await answerTo(200, JSON.stringify(failure))).toEqual({
    kind: 'unavailable',
    reason: 'unsuccessful',
    message: 'POST /inbox/users was answered 200 with a failure: Maintenance',
  });
});

test.each([
  ['37', 37_000],
  ['0', 0],
  ['Fri, 12 Jun 2026 10:01:00 GMT', 56_000],
  ['soon', null],
])('Retry-After "%s" on a 429 is understood', async (retryAfter, retryAfterMs) => {
  const date = 'Fri, 12 Jun 2026 10:00:04 GMT';
  const answer = await answerTo(429, '', { 'retry-after': retryAfter, date });
  expect(answer).toEqual({
    kind: 'limited',
    retryAfterMs,
    message: 'POST /inbox/users was answered 429.',
  });
});

test('a 429 without Retry-After is still a limit', async () => {
  expect(await answerTo(429, '')).toMatchObject({ kind: 'limited', retryAfterMs: null });
});

test.each([
  [
    400,
    { message: ['page must be a number', 'tags must be an array'] },
    'refused',
    ': page must be a number, tags must be an array',
  ],
  [403, { error: 'Forbidden' }, 'refused', ': Forbidden'],
  [
    404,
    { error: { message: 'Cannot POST\n\n /inbox/users' } },
    'refused',
    ': Cannot POST /inbox/users',
  ],
  [500, { message: `<html>${'x'.repeat(1000)}` }, 'unavailable', '.'],
  [502, { message: 'y'.repeat(1000) }, 'unavailable', `: ${'y'.repeat(300)}`],
  [503, { message: { deep: 'object' } }, 'unavailable', '.'],
])('status %i quotes the inbox in one short line', async (status, body, kind, words) => {
  const answer = await answerTo(status, JSON.stringify(body));
  expect(answer).toMatchObject({
    kind,
    message: `POST /inbox/users was answered ${status}${words}`,
  });
});
