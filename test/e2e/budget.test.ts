import { expect, test } from 'vitest';
import { startInbox } from '../support/inbox.ts';
import { freshRedisUrl } from '../support/redis.ts';
import { environmentFor, startService, startWorker } from '../support/running-service.ts';
import { until } from '../support/until.ts';

const perMinute = 30;
const spacingMs = 60_000 / perMinute;
/** Requests are granted evenly; on their way to the inbox one may be held up more than the next. */
const leastGapMs = spacingMs * 0.75;

test('requests stay evenly spaced over two processes, a kill and a restart', async () => {
  const inbox = await startInbox({ requestsPerMinute: perMinute });
  const env = environmentFor(await freshRedisUrl(), inbox, {
    INBOX_REQUESTS_PER_MINUTE: String(perMinute),
  });
  const { received } = inbox.requests;
  const [one, other] = await Promise.all([
    startService(env),
    startWorker({ ...env, ROLES: 'poll' }),
  ]);
  await until('three requests', () => received.length >= 3);
  one.kill('SIGKILL');
  other.kill('SIGTERM');
  await Promise.all([one.exited, other.exited]);
  const before = received.length;
  const heir = await startService(env);
  await until('three requests by the next process', () => received.length >= before + 3);

  const gapsMs = received.slice(1).map(({ atMs }, index) => atMs - (received[index]?.atMs ?? 0));
  expect(Math.min(...gapsMs)).toBeGreaterThan(leastGapMs);
  const elapsedMs = (received.at(-1)?.atMs ?? 0) - (received[0]?.atMs ?? 0);
  expect(received.length).toBeLessThanOrEqual(elapsedMs / spacingMs + 1.25);
  expect(received.every(({ status }) => status === 200)).toBe(true);
  const asked = received.length;
  const used = (await heir.api.source())?.budget.usedLastMinute ?? 0;
  expect(used).toBeGreaterThanOrEqual(asked);
  // Whoever was killed may have died with a grant in hand, and the next request may be on its way.
  expect(used).toBeLessThanOrEqual(received.length + 2);
});
