import { expect, test } from 'vitest';
import { startInbox } from '../support/inbox.ts';
import { freshRedisUrl } from '../support/redis.ts';
import { environmentFor, startService } from '../support/running-service.ts';
import { startSubscriber } from '../support/subscriber.ts';

test('operators hear of a revoked token at once, over a restart only once, and of the new token', async () => {
  const inbox = await startInbox();
  const subscriber = await startSubscriber();
  const revoked = 'a-token-that-was-revoked';
  const env = environmentFor(await freshRedisUrl(), null);
  const first = await startService(env);
  await first.api.subscribe(subscriber.url, { events: ['source.failing', 'source.recovered'] });
  const settings = { id: 'shop', provider: 'botpenguin', baseUrl: inbox.url, token: revoked };
  await first.api.connect(settings);
  await subscriber.arrived(1);
  expect((await first.api.source('shop'))?.state).toBe('failing');
  first.kill('SIGKILL');
  await first.exited;

  const asked = inbox.requests.received.length;
  const heir = await startService(env);
  await heir.logged('poll.failed');
  expect(inbox.requests.received.length).toBeGreaterThan(asked);
  await heir.api.change('shop', { token: inbox.token });
  await subscriber.arrived(2);
  const events = subscriber.received.map(({ body }) => JSON.parse(body));
  expect(events).toMatchObject([
    { type: 'source.failing', data: { source: 'shop', error: { kind: 'unauthorized' } } },
    { type: 'source.recovered', data: { source: 'shop' } },
  ]);
  expect(events[1].data.failingSince).toBe(events[0].data.error.since);
  expect(JSON.stringify(subscriber.received)).not.toContain(revoked);
});
