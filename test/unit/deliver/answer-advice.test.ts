import { expect, test } from 'vitest';
import { adviseOnAnswer } from '#deliver/answer-advice.ts';

test.each([
  [401, 'headers'],
  [403, 'headers'],
  [404, 'Correct the subscription’s url'],
  [405, 'no POST'],
  [410, 'resume'],
  [413, 'larger'],
  [415, 'contentType'],
  [422, 'format'],
  [429, 'ratePerSecond'],
  [500, 'its log'],
  [503, 'its log'],
])('an answer %i comes with what to do', (statusCode, advice) => {
  expect(adviseOnAnswer(statusCode)).toContain(advice);
});

test.each([200, 204, 302, 418])('an answer %i speaks for itself', (statusCode) => {
  expect(adviseOnAnswer(statusCode)).toBeNull();
});
