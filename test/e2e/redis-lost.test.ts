import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { contactsWith, startInbox } from '../support/inbox.ts';
import { command, startOwnRedis } from '../support/own-redis.ts';
import { freshRedisUrl, type PrivateRedis } from '../support/redis.ts';
import { environmentFor, startService } from '../support/running-service.ts';
import { startSubscriber, type TestSubscriber } from '../support/subscriber.ts';
import { until } from '../support/until.ts';
import { changeOf, toldOf, verified } from '../support/webhooks.ts';

function told({ received }: TestSubscriber, contactId: string) {
  return received.some(({ body }) => body.includes(contactId));
}

for (const [what, empty] of [
  ['flushed', ({ url }: PrivateRedis) => command(url, 'FLUSHALL')],
  ['restarted without its data', (redis: PrivateRedis) => redis.restart()],
] as const) {
  test(`a Redis ${what} means a new silent baseline, and later changes are told`, async (context) => {
    const redis = await startOwnRedis({}, context.skip);
    const inbox = await startInbox({ contacts: 200 });
    const service = await startService(environmentFor(redis.url, inbox));
    const before = await startSubscriber();
    await service.api.subscribe(before.url);
    await service.logged('baseline.completed');
    const known = inbox.population.createContact();
    await until('a first change told', () => told(before, known.id));

    const emptiedAt = new Date().toISOString();
    await empty(redis);
    const source = await until('a new baseline', async () => {
      const found = await service.api.source();
      return found?.state === 'watching' && (found.baseline.completedAt ?? '') > emptiedAt && found;
    });
    expect(source).toMatchObject({ id: 'default', contacts: 201 });
    const after = await startSubscriber();
    await service.api.subscribe(after.url);
    const reopened = contactsWith(inbox, 'CLOSED')();
    inbox.population.visitorWrites(reopened);
    const created = inbox.population.createContact();
    const expected = [
      `contact.status_changed ${reopened} OPEN`,
      `contact.created ${created.id}`,
    ].sort();
    await until('both changes told', () => told(after, reopened) && told(after, created.id));
    expect(after.received.map(verified).map(changeOf).sort()).toEqual(expected);
    expect(
      toldOf(await service.api.events())
        .map(changeOf)
        .sort(),
    ).toEqual(expected);
    expect(before.received).toHaveLength(1);
  });
}

test('lost scripts and cut connections do no harm', async () => {
  const redisUrl = await freshRedisUrl();
  const inbox = await startInbox();
  const service = await startService(environmentFor(redisUrl, inbox));
  const subscriber = await startSubscriber();
  await service.api.subscribe(subscriber.url);
  await service.logged('baseline.completed');
  const database = new URL(redisUrl).pathname.slice(1);
  const created: string[] = [];
  for (const harm of ['SCRIPT FLUSH', 'CLIENT KILL', 'SCRIPT FLUSH']) {
    if (harm === 'SCRIPT FLUSH') await command(redisUrl, 'SCRIPT', 'FLUSH');
    else await killClients(redisUrl, database);
    const { id } = inbox.population.createContact();
    created.push(`contact.created ${id}`);
    await until('the change told', () => told(subscriber, id));
  }
  expect(subscriber.received.map(verified).map(changeOf)).toEqual(created);
});

/** Those of this database alone: other tests run beside this one. */
async function killClients(url: string, database: string): Promise<void> {
  const redis = new Redis(url);
  const list = String(await redis.call('CLIENT', 'LIST', 'TYPE', 'normal'));
  const own = String(await redis.client('ID'));
  const ids = list.split('\n').flatMap((line) => {
    const [, id = ''] = /^id=(\d+) /.exec(line) ?? [];
    return line.includes(` db=${database} `) && id !== own ? [id] : [];
  });
  expect(ids.length).toBeGreaterThan(1);
  for (const id of ids) await redis.call('CLIENT', 'KILL', 'ID', id);
  redis.disconnect();
}

test('a killed Redis that appends loses nothing: not what waited, not what happened meanwhile', async (context) => {
  const redis = await startOwnRedis({ appendOnly: true }, context.skip);
  const inbox = await startInbox();
  const env = environmentFor(redis.url, inbox, { DELIVERY_RETRY_SCHEDULE: '1s,1s,1s,1s,1s,1s,1s' });
  const service = await startService(env);
  let isOpen = false;
  const subscriber = await startSubscriber((_webhook, response) => {
    response.writeHead(isOpen ? 204 : 500).end();
  });
  const subscription = await service.api.subscribe(subscriber.url);
  await service.logged('baseline.completed');
  const early = inbox.population.createContact();
  await until('a delivery that is to be retried', async () => {
    const [delivery] = await service.api.deliveries(subscription);
    return delivery?.status === 'retrying';
  });

  await redis.kill();
  isOpen = true;
  const meanwhile = inbox.population.createContact();
  await redis.restart();
  await until('all recorded', async () => {
    const deliveries = await service.api.deliveries(subscription);
    const delivered = deliveries.filter(({ status }) => status === 'delivered');
    return delivered.length === 2 && deliveries.length === 2;
  });
  const expected = [early, meanwhile].map(({ id }) => `contact.created ${id}`);
  expect(toldOf(await service.api.events()).map(changeOf)).toEqual(expected);
  const ids = new Map(subscriber.received.map((each) => [each.id, changeOf(verified(each))]));
  expect([...ids.values()].sort()).toEqual([...expected].sort());
});
