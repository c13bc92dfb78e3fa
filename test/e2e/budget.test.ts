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

test('two sources with one token share its budget, and both their hot windows are read as often', async () => {
  const large = await startInbox({ contacts: 2000 });
  const small = await startInbox({ contacts: 20 });
  const perSecond = 5;
  const env = environmentFor(await freshRedisUrl(), large, {
    INBOX_REQUESTS_PER_MINUTE: String(perSecond * 60),
    POLL_INTERVAL_MS: '2000',
  });
  const { api } = await startService(env);
  const { token } = large;
  expect(small.token).toBe(token);
  await api.connect({ id: 'small', provider: 'botpenguin', baseUrl: small.url, token });
  const windows = ({ requests }: typeof large) =>
    requests.received.filter(({ page, filters }) => page === 1 && 'lastSeenAt' in filters).length;
  await until('a first window of the small inbox', () => windows(small) > 0);
  const before = windows(large);
  await until('eight windows of the small inbox', () => windows(small) >= 8);

  expect(windows(large) - before).toBeGreaterThanOrEqual(5);
  expect(windows(large) - before).toBeLessThanOrEqual(10);
  const sentMs = [large, small]
    .flatMap(({ requests }) => requests.received.map(({ atMs }) => atMs))
    .sort((a, b) => a - b);
  const elapsedMs = (sentMs.at(-1) ?? 0) - (sentMs[0] ?? 0);
  expect(sentMs.length).toBeLessThanOrEqual((elapsedMs / 1000) * perSecond + 1.25);
});
