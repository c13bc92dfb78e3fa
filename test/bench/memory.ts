import type { Contact } from '#domain/contact.ts';
import { commitPage } from '#poll/commit-page.ts';
import { openBenchParts } from './installation.ts';
import { diffContext, makeContacts, makeEvents, makeSubscription } from './material.ts';
import { createPublisher } from './publisher.ts';
import type { BenchRedis } from './redis.ts';
import type { Benchmark, Row } from './row.ts';

const contactCount = 100_000;
const laneCount = 1000;
const eventsPerLane = 100;
const pageSize = 100;
const sourceId = 'source-0';

export const memory: Benchmark = {
  name: 'memory',
  async run(redis) {
    const contacts = makeContacts(contactCount);
    const contactRow = await measureContacts(redis, contacts);
    await redis.empty();
    return [contactRow, await measureDeliveries(redis, contacts.slice(0, eventsPerLane))];
  },
};

async function measureContacts(redis: BenchRedis, contacts: readonly Contact[]): Promise<Row> {
  await using opened = openBenchParts(redis.url);
  const { parts } = opened;
  const beforeBytes = await redis.usedBytes();
  const grant = await parts.sourceLeases.acquire(sourceId);
  if (grant.kind !== 'acquired') throw new Error(`The lease is ${grant.kind}.`);
  for (let start = 0; start < contacts.length; start += pageSize) {
    const page = contacts.slice(start, start + pageSize);
    await commitPage(parts.contacts, grant.epoch, page, diffContext(sourceId), () => ({}));
  }
  const bytes = ((await redis.usedBytes()) - beforeBytes) / contacts.length;
  return rowOf(
    'memory, contact',
    bytes,
    100,
    `with all that its source keeps, ${contactCount} contacts`,
  );
}

/** What lanes and queues hold for deliveries that wait; the events themselves are there before. */
async function measureDeliveries(redis: BenchRedis, contacts: readonly Contact[]): Promise<Row> {
  await using opened = openBenchParts(redis.url);
  const { parts } = opened;
  for (let number = 0; number < laneCount; number += 1) {
    const subscription = makeSubscription(number, 'http://127.0.0.1:9/', [sourceId]);
    await parts.lanes.create(subscription.id, new Map());
    await parts.subscriptions.create(subscription);
  }
  const publisher = createPublisher(opened);
  const events = makeEvents(sourceId, contacts);
  await publisher.commit(sourceId, events);
  const beforeBytes = await redis.usedBytes();
  await publisher.relay(sourceId);
  const count = laneCount * events.length;
  const bytes = ((await redis.usedBytes()) - beforeBytes) / count;
  const where = `beyond its event, ${count} deliveries in ${laneCount} lanes`;
  return rowOf('memory, queued delivery', bytes, 150, where);
}

function rowOf(name: string, bytes: number, aimBytes: number, where: string): Row {
  const figures = `${bytes.toFixed(1)} of ${aimBytes} bytes ${where}`;
  return { name, ratio: bytes / aimBytes, aim: { atMost: 1 }, figures };
}
