import { expect, test } from 'vitest';
import { slackAdvice } from '#webhook/format-slack.ts';

test.each([
  [400, 'invalid_payload'],
  [400, 'no_text'],
  [400, 'user_not_found'],
  [400, 'too_many_attachments'],
  [403, 'action_prohibited'],
  [403, 'posting_to_general_channel_denied'],
  [403, 'invalid_token'],
  [403, 'team_disabled'],
  [404, 'channel_not_found'],
  [404, 'no_service'],
  [404, 'no_service_id'],
  [404, 'no_team'],
  [410, 'channel_is_archived'],
  [429, 'rate_limited'],
  [500, 'rollup_error'],
])('says what Slack means by %i %s', (statusCode, word) => {
  const advice = slackAdvice(statusCode, word);

  expect(advice).toMatch(new RegExp(`^[A-Z].+ \\(${word}\\)\\.$`));
  expect(slackAdvice(statusCode, `${word}\n`)).toBe(advice);
  expect(slackAdvice(statusCode, `{"ok":false,"error":"${word}"}`)).toBe(advice);
});

test('says that Slack wants fewer messages, whatever the body of its 429', () => {
  expect(slackAdvice(429, '')).toContain('ratePerSecond');
});

test('has no advice on success and on words that Slack does not use', () => {
  expect(slackAdvice(200, 'ok')).toBeNull();
  expect(slackAdvice(200, 'no_text')).toBeNull();
  expect(slackAdvice(502, '<html>Bad gateway</html>')).toBeNull();
  expect(slackAdvice(400, 'no_text_here')).toBeNull();
});
