import { expect, test } from 'vitest';

import { everyone } from '#simulator/question.ts';
import { openInbox, startMs } from './open-inbox.ts';

test('the 101st request of a minute is told how many seconds to wait, and no fewer will do', async () => {
  const inbox = openInbox();
  for (let n = 0; n < 100; n += 1) {
    expect((await inbox.post(everyone)).status).toBe(200);
    inbox.clock.nowMs += 100;
  }
  const refused = await inbox.post(everyone);
  expect(refused.status).toBe(429);
  expect(refused.headers.get('retry-after')).toBe('50');
  expect(await refused.json()).toEqual({
    success: false,
    error: {
      code: 'TOO_MANY_REQUESTS',
      message: 'Rate limit exceeded. Retry after 50 seconds.',
      statusCode: 429,
    },
  });
  inbox.clock.nowMs += 49_999;
  expect((await inbox.post(everyone)).status).toBe(429);
  inbox.clock.nowMs += 1;
  expect((await inbox.post(everyone)).status).toBe(200);
  // The window slides: the second of the hundred leaves it only 100 ms later.
  expect((await inbox.post(everyone)).headers.get('retry-after')).toBe('1');
});

test('each token has a limit of its own', async () => {
  const inbox = openInbox({ tokens: ['one', 'two'], requestsPerMinute: 1 });
  const ask = async (token: string) =>
    (await inbox.post(everyone, { authorization: `Bearer ${token}` })).status;
  expect([await ask('one'), await ask('one'), await ask('two')]).toEqual([200, 429, 200]);
});

test('bad requests count, strangers and those turned away do not', async () => {
  const inbox = openInbox({ requestsPerMinute: 2 });
  await inbox.post(everyone, { authorization: 'Bearer someone-else' });
  expect((await inbox.post('{')).status).toBe(400);
  expect((await inbox.post(everyone)).status).toBe(200);
  expect((await inbox.post(everyone)).status).toBe(429);
  inbox.clock.nowMs += 60_000;
  expect((await inbox.post(everyone)).status).toBe(200);
});

test('every request is on record, with what it asked and what it got', async () => {
  const inbox = openInbox({ requestsPerMinute: 1 });
  await inbox.post({ ...everyone, status: ['OPEN'], page: 3, applicableFilters: ['status'] });
  inbox.clock.nowMs += 500;
  await inbox.post(everyone);
  await inbox.post(everyone, { authorization: undefined });
  const token = expect.stringMatching(/^[0-9a-f]{12}$/);
  const turnedAway = { page: null, filters: {}, fault: null };
  expect(inbox.requests.received).toEqual([
    { atMs: startMs, token, page: 3, filters: { status: ['OPEN'] }, status: 200, fault: null },
    { ...turnedAway, atMs: startMs + 500, token, status: 429 },
    { ...turnedAway, atMs: startMs + 500, token: null, status: 401 },
  ]);
});
