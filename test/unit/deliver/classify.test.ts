import { expect, test } from 'vitest';
import { classify } from '#deliver/classify.ts';
import { answered, unanswered } from '../../support/answers.ts';

const hourMs = 3_600_000;

test.each([200, 201, 204, 299])('%i is delivered', (statusCode) => {
  expect(classify(answered(statusCode))).toEqual({ kind: 'delivered' });
});

test('410 means that nothing more is wanted', () => {
  expect(classify(answered(410))).toEqual({ kind: 'gone' });
});

test.each([300, 301, 302, 304, 307, 308])('%i is a failed attempt', (statusCode) => {
  expect(classify(answered(statusCode))).toEqual({ kind: 'retry', answered: true, holdMs: null });
});

test.each([400, 401, 403, 404, 409, 429, 500, 502, 503, 504])('%i is tried again', (statusCode) => {
  expect(classify(answered(statusCode))).toEqual({ kind: 'retry', answered: true, holdMs: null });
});

test.each([429, 502, 503, 504])('%i may ask for time', (statusCode) => {
  expect(classify(answered(statusCode, 5000))).toMatchObject({ kind: 'retry', holdMs: 5000 });
});

test.each([400, 404, 500])('%i may not', (statusCode) => {
  expect(classify(answered(statusCode, 5000))).toMatchObject({ kind: 'retry', holdMs: null });
});

test('no one is held back for more than a day', () => {
  expect(classify(answered(429, 48 * hourMs))).toMatchObject({ holdMs: 24 * hourMs });
});

test.each(['timeout', 'connection_refused', 'dns_error', 'tls_error', 'address_refused'] as const)(
  '%s is tried again, without an answer',
  (error) => {
    expect(classify(unanswered(error))).toEqual({ kind: 'retry', answered: false, holdMs: null });
  },
);

test('what we ended ourselves says nothing about the subscriber', () => {
  expect(classify(unanswered('aborted'))).toEqual({ kind: 'aborted' });
});

test('an event that could not be rendered says nothing about the subscriber', () => {
  expect(classify(unanswered('format_error'))).toEqual({ kind: 'unsent' });
});
