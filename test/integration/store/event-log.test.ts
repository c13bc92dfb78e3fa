import { expect, test } from 'vitest';
import { refOf } from '#domain/delivery.ts';
import type { EventWishes } from '#store/event-log.ts';
import { sourceKeys } from '#store/keys.ts';
import { pastEveryLogId } from '#store/log-id.ts';
import { makeEvent, openConnection, openStore } from '../../support/stage.ts';

const connection = await openConnection();
const { eventLog } = openStore(connection);
const everything = { type: null, contact: null };
let sources = 0;

/** A log that holds these entries, whose ids tell their age. */
async function logOf(...logIds: string[]) {
  sources += 1;
  const source = `source-${sources}`;
  const { log, ids } = sourceKeys(source);
  for (const [index, logId] of logIds.entries()) {
    const event = makeEvent(index + 1, source);
    const fields = ['id', event.id, 'type', event.type, 'contact', ''];
    await connection.redis.xadd(log, logId, ...fields, 'body', JSON.stringify(event));
    await connection.redis.hset(ids, event.id, logId);
  }
  const left = async () => (await eventLog.readAfter(source, '0-0', 100)).map(({ logId }) => logId);
  const named = async () => Object.values(await connection.redis.hgetall(ids)).sort();
  return { source, left, named };
}

test('a log is read from just after an entry on, at most so many, in order', async () => {
  const { source } = await logOf('1-1', '1-2', '2-0', '10-0');
  const read = async (after: string, count: number) =>
    (await eventLog.readAfter(source, after, count)).map(({ logId }) => logId);
  expect(await read('0-0', 2)).toEqual(['1-1', '1-2']);
  expect(await read('1-2', 2)).toEqual(['2-0', '10-0']);
  expect(await read('10-0', 2)).toEqual([]);
});

test('a log is read backwards from its end or from just before an entry', async () => {
  const { source } = await logOf('1-1', '1-2', '2-0', '10-0');
  const read = async (before: string | null, count: number) =>
    (await eventLog.readBefore(source, before, count, everything)).map(({ logId }) => logId);
  expect(await read(null, 2)).toEqual(['10-0', '2-0']);
  expect(await read('2-0', 9)).toEqual(['1-2', '1-1']);
  expect(await read('1-1', 9)).toEqual([]);
});

test('what is not wished for is passed over, whether its entry names the contact or not', async () => {
  const { source } = await logOf('1-1', '1-2');
  const { log } = sourceKeys(source);
  const named = { ...makeEvent(2, source), type: 'contact.deleted' as const };
  const fields = ['id', named.id, 'type', named.type, 'contact', 'contact-2'];
  await connection.redis.xadd(log, '2-0', ...fields, 'body', JSON.stringify(named));
  const seen = async (wishes: Partial<EventWishes>) => {
    const entries = await eventLog.readBefore(source, null, 9, { ...everything, ...wishes });
    expect(entries.map(({ logId }) => logId)).toEqual(['2-0', '1-2', '1-1']);
    return entries.filter(({ event }) => event !== null).map(({ logId }) => logId);
  };
  expect(await seen({})).toEqual(['2-0', '1-2', '1-1']);
  expect(await seen({ contact: 'contact-2' })).toEqual(['2-0', '1-2']);
  expect(await seen({ contact: 'contact-1' })).toEqual(['1-1']);
  expect(await seen({ type: 'contact.deleted' })).toEqual(['2-0']);
  expect(await seen({ type: 'contact.created', contact: 'contact-2' })).toEqual(['1-2']);
});

test('an event that was appended is found by its id, as it was', async () => {
  const { source } = await logOf();
  const event = makeEvent(7, source);
  const logId = await eventLog.append(source, event);
  expect(await eventLog.find(source, event.id)).toEqual({ logId, event });
  expect(await eventLog.find(source, makeEvent(8).id)).toBeNull();
  expect(await eventLog.find('another', event.id)).toBeNull();
});

test('the body of a delivery is exactly what was appended, byte for byte', async () => {
  const { source } = await logOf();
  const event = { ...makeEvent(1, source), data: { source, text: 'Grüße 👋 \u2028 \\ "' } };
  const logId = await eventLog.append(source, event);
  const ref = refOf(source, logId, event);
  const missing = refOf(source, '1-0', event);
  expect(await eventLog.bodies([missing, ref])).toEqual([null, Buffer.from(JSON.stringify(event))]);
});

test('a log is trimmed by age, and the ids that led there go with the entries', async () => {
  const { source, left, named } = await logOf('1000-0', '1999-5', '2000-0', '3000-0');
  expect(await eventLog.trim(source, 2000, 100, 100)).toBe(2);
  expect(await left()).toEqual(['2000-0', '3000-0']);
  expect(await named()).toEqual(['2000-0', '3000-0']);
});

test('a log is trimmed by count, and the oldest go', async () => {
  const { source, left, named } = await logOf('1-0', '2-0', '3-0', '4-0');
  expect(await eventLog.trim(source, 1, 3, 100)).toBe(1);
  expect(await left()).toEqual(['2-0', '3-0', '4-0']);
  expect(await named()).toEqual(['2-0', '3-0', '4-0']);
});

test('where both age and count are exceeded, the one that asks for more decides', async () => {
  const { source, left } = await logOf('1-0', '2-0', '3-0', '4-0', '5-0');
  expect(await eventLog.trim(source, 2, 2, 100)).toBe(3);
  expect(await left()).toEqual(['4-0', '5-0']);
  const { source: other, left: leftOfOther } = await logOf('1-0', '2-0', '3-0', '4-0', '5-0');
  expect(await eventLog.trim(other, 4, 4, 100)).toBe(3);
  expect(await leftOfOther()).toEqual(['4-0', '5-0']);
});

test('a fraction of a millisecond, or a retention longer than time, trims as well', async () => {
  const { source, left } = await logOf('1000-0', '2000-0', '3000-0');
  expect(await eventLog.trim(source, 2000.5556, 100, 100)).toBe(1);
  expect(await eventLog.trim(source, -5000, 100, 100)).toBe(0);
  expect(await left()).toEqual(['2000-0', '3000-0']);
});

test('one call drops no more than it may, and the next goes on', async () => {
  const { source, left } = await logOf('1-0', '2-0', '3-0', '4-0', '5-0');
  expect(await eventLog.trim(source, 5, 100, 3)).toBe(3);
  expect(await eventLog.trim(source, 5, 100, 3)).toBe(1);
  expect(await eventLog.trim(source, 5, 100, 3)).toBe(0);
  expect(await left()).toEqual(['5-0']);
});

test('a log that was trimmed to nothing still knows its end', async () => {
  const { source, left } = await logOf('1-0', '2-0');
  await eventLog.trim(source, 3, 100, 100);
  expect(await left()).toEqual([]);
  expect(await eventLog.position(source, '0-0')).toMatchObject({ generation: 0, end: '2-0' });
});

test('a log begins at its first entry; one that was trimmed to nothing, behind the last it had', async () => {
  const { source } = await logOf('1-0', '2-7');
  expect(await eventLog.start(source)).toBe('1-0');
  await eventLog.trim(source, 3, 100, 100);
  // Whatever is appended from now on is not gone.
  expect(await eventLog.start(source)).toBe('2-8');
  expect(await eventLog.start('nobody')).toBe(pastEveryLogId);
});

test('an event that no page caused is appended once, however often it is asked for', async () => {
  const { source, left } = await logOf();
  const logId = await eventLog.append(source, makeEvent(1, source));
  expect(await eventLog.append(source, makeEvent(1, source))).toBe(logId);
  expect(await left()).toHaveLength(1);
});

test('a log that nobody wrote to begins at the start', async () => {
  const { source } = await logOf();
  const start = { generation: 0, relayedUpTo: '0-0', end: '0-0' };
  expect(await eventLog.position(source, '0-0')).toEqual(start);
});

test('the relay finds its mark again', async () => {
  const { source } = await logOf('1-0', '2-0');
  await eventLog.markRelayed(source, '1-0');
  const position = { generation: 0, relayedUpTo: '1-0', end: '2-0' };
  expect(await eventLog.position(source, '2-0')).toEqual(position);
});

test('a log that ends below its mark starts a new generation, once', async () => {
  const { source } = await logOf('5-0', '9-3');
  await eventLog.markRelayed(source, '9-4');
  const position = { generation: 1, relayedUpTo: '9-3', end: '9-3' };
  expect(await eventLog.position(source, '0-0')).toEqual(position);
  expect(await eventLog.position(source, '0-0')).toEqual(position);
});

test('a generation that only lanes know is taken up, and a loss comes on top of it', async () => {
  const { source } = await logOf('5-0');
  const known = { generation: 3, relayedUpTo: '0-0', end: '5-0' };
  expect(await eventLog.position(source, '5-0', 3)).toEqual(known);
  expect(await eventLog.position(source, '5-0', 2)).toEqual(known);
  expect(await eventLog.position(source, '6-0', 5)).toMatchObject({ generation: 6 });
});

test('a log that ends below a lane’s mark starts a new generation and keeps what is still to be relayed', async () => {
  const { source } = await logOf('5-0', '9-0', '10-0');
  await eventLog.markRelayed(source, '9-0');
  const position = { generation: 1, relayedUpTo: '9-0', end: '10-0' };
  expect(await eventLog.position(source, '11-0')).toEqual(position);
  expect(await eventLog.position(source, '10-0')).toEqual(position);
});
