import { expect, test } from 'vitest';
import type { LoadedDelivery } from '#deliver/attempt-delivery.ts';
import { ReadyQueue } from '#deliver/ready-queue.ts';
import { paceOf } from '#deliver/start-pace.ts';
import { deliveryRef } from '#domain/delivery.ts';

function delivery(number: number, contact = '', source = 'inbox'): LoadedDelivery {
  const eventId = `evt_${number}` as const;
  const ref = deliveryRef(source, `${number}-0`, eventId, contact);
  const body = Buffer.from('{}');
  return {
    origin: 'waiting',
    ref,
    eventId,
    committedAtMs: 0,
    body,
    attempts: [],
    scheduled: 0,
    dueMs: null,
  };
}

/** Those that may begin now, in order. */
function startAll(queue: ReadyQueue, nowMs = 0): LoadedDelivery[] {
  const started: LoadedDelivery[] = [];
  for (let next = queue.next(nowMs); next !== null; next = queue.next(nowMs)) started.push(next);
  return started;
}

function filled(keepsOrder: boolean, ...deliveries: LoadedDelivery[]): ReadyQueue {
  const queue = new ReadyQueue(keepsOrder);
  for (const each of deliveries) queue.add(each);
  return queue;
}

const [ann1, ann2, bob, nobody1, nobody2] = [
  delivery(1, 'ann'),
  delivery(2, 'ann'),
  delivery(3, 'bob'),
  delivery(4),
  delivery(5),
];

test('without order all begin, one after the other', () => {
  expect(startAll(filled(false, ann1, ann2, bob))).toEqual([ann1, ann2, bob]);
});

test('in order a contact begins its next when the one before has ended', () => {
  const queue = filled(true, ann1, ann2, bob, nobody1, nobody2);
  expect(startAll(queue)).toEqual([ann1, bob, nobody1, nobody2]);
  expect([queue.isDry, queue.size]).toEqual([true, 1]);
  queue.letGo(ann1);
  expect(queue.isDry).toBe(false);
  expect(startAll(queue)).toEqual([ann2]);
});

test('the same contact of another source begins too', () => {
  const other = delivery(6, 'ann', 'shop');
  expect(startAll(filled(true, ann1, other))).toEqual([ann1, other]);
});

test('it knows those that are ready and those on their way, until they are let go', () => {
  const queue = filled(false, ann1, bob);
  queue.next(0);
  expect([...queue.refs]).toEqual([ann1.ref, bob.ref]);
  queue.clear();
  expect([...queue.refs]).toEqual([ann1.ref]);
  queue.letGo(ann1);
  expect([...queue.refs]).toEqual([]);
});

test('at a pace the next begins an interval after the one before it really began', () => {
  const queue = filled(false, ann1, ann2, bob);
  queue.pace(100, 10_000);
  expect(startAll(queue, 1000)).toEqual([ann1]);
  expect(queue.startsInMs(1030)).toBe(70);
  expect(startAll(queue, 1099)).toEqual([]);
  expect(startAll(queue, 1150)).toEqual([ann2]);
  expect(startAll(queue, 1249)).toEqual([]);
  // Also where the next times come from another claim.
  queue.pace(100, 20_000);
  expect(startAll(queue, 1249)).toEqual([]);
  expect(startAll(queue, 1250)).toEqual([bob]);
});

test('what is too late for its reserved time does not begin', () => {
  const queue = filled(false, ann1, ann2);
  queue.pace(100, 1150);
  expect(startAll(queue, 1000)).toEqual([ann1]);
  expect(startAll(queue, 1151)).toEqual([]);
  expect([...queue.refs]).toEqual([ann1.ref]);
});

test('times that will not be used are given back once', () => {
  const queue = filled(false, ann1, ann2);
  queue.pace(100, 1150);
  queue.next(1000);
  expect(queue.takeSpareStarts(1000)).toBeNull();
  queue.clear();
  expect(queue.takeSpareStarts(1020)).toBe(1100);
  expect(queue.takeSpareStarts(1020)).toBeNull();
});

test.each([
  [1, 1, 1000],
  [20, 20, 50],
  [2.5, 2, 500],
  [1.9, 1, 1000],
  [0.5, 1, 2000],
  [0.1, 1, 10_000],
])('%d a second is %i at once, every %i ms', (rate, most, intervalMs) => {
  expect(paceOf(rate)).toMatchObject({ most, intervalMs });
});
