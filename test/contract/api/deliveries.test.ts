import { expect, test } from 'vitest';
import { type Attempt, type DeliveryRef, deliveryRef, refOf } from '#domain/delivery.ts';
import type { SubscriptionId } from '#domain/subscription.ts';
import type { LaneOutcome } from '#store/lane-work.ts';
import { healthy, makeEvent, makeSubscription, subscribe } from '../../support/stage.ts';
import { errorPaths, expectProblem, openApi } from './api-under-test.ts';

const api = await openApi();
const { store } = api;
const dueMs = Date.parse('2026-06-12T10:00:05.000Z');

const refused: Attempt = {
  at: '2026-06-12T10:00:00.000Z',
  durationMs: 3,
  phases: { dnsMs: 0.5 },
  error: 'connection_refused',
  message: 'The subscriber refused the connection.',
};
const answered: Attempt = {
  at: '2026-06-12T10:00:00.000Z',
  durationMs: 12.5,
  phases: { dnsMs: 1, connectMs: 2.5, tlsMs: 3, firstByteMs: 11 },
  statusCode: 500,
  response: 'oh no',
};

/** A lane on which each of these has become of an event, and one more event waits. */
async function makeLane(id: SubscriptionId, kinds: LaneOutcome['kind'][]): Promise<string[]> {
  await subscribe(store, makeSubscription(id));
  const events = [...kinds, null].map((_, index) => makeEvent(index));
  const pushed: { logId: string; ref: DeliveryRef }[] = [];
  for (const event of events) {
    const logId = await store.eventLog.append('default', event);
    pushed.push({ logId, ref: refOf('default', logId, event) });
  }
  await store.lanes.push('default', 0, [{ lane: id, events: pushed }]);
  const grant = await store.laneWork.acquire(id);
  if (grant.kind !== 'acquired') throw new Error('The lane is new and nobody holds it.');
  const outcomes = kinds.map((kind, index): LaneOutcome => {
    const attempts = kind === 'retry' ? [refused] : [answered];
    const ref = pushed[index]?.ref ?? deliveryRef('', '', 'evt_');
    const due = kind === 'retry' ? dueMs : null;
    return { origin: 'waiting', ref, kind, dueMs: due, attempts, scheduled: 1 };
  });
  await store.laneWork.record(id, grant.epoch, api.nowMs, {
    outcomes,
    health: healthy,
    disable: null,
    notices: [],
  });
  return events.map((event) => event.id);
}

test('deliveries show their event, their attempts and when the next one is due', async () => {
  const ids = await makeLane('sub_all', ['delivered', 'retry', 'failed', 'expired']);
  const { json } = await api.call('GET', '/v1/subscriptions/sub_all/deliveries');
  const ended = { attempts: [answered], nextAttemptAt: null };
  expect(json).toEqual({
    data: [
      { event: ids[4], status: 'pending', attempts: [], nextAttemptAt: null },
      {
        event: ids[1],
        status: 'retrying',
        attempts: [refused],
        nextAttemptAt: '2026-06-12T10:00:05.000Z',
      },
      { event: ids[0], status: 'delivered', ...ended },
      { event: ids[2], status: 'failed', ...ended },
      { event: ids[3], status: 'expired', ...ended },
    ],
    next: null,
  });
  expect((await api.call('GET', '/v1/subscriptions/sub_all')).json.deliveries).toEqual({
    pending: 1,
    retrying: 1,
    delivered: 1,
    failed: 1,
    expired: 1,
    skipped: 0,
    forgotten: 0,
  });
});

test.each(['pending', 'retrying', 'delivered', 'failed', 'expired', 'skipped'])(
  'hookdeck/outpost#711: those that are %s can be asked for alone',
  async (status) => {
    const id: SubscriptionId = `sub_${status}`;
    await makeLane(id, ['delivered', 'retry', 'failed', 'expired']);
    await api.store.lanes.pause(id);
    const { json } = await api.call('GET', `/v1/subscriptions/${id}/deliveries?status=${status}`);
    const expected = status === 'skipped' ? [] : [status];
    expect(json.data.map((each: { status: string }) => each.status)).toEqual(expected);
  },
);

test('pages go on from one status to the next', async () => {
  const ids = await makeLane('sub_pages', ['failed', 'failed', 'failed', 'delivered', 'retry']);
  const pages: string[][] = [];
  let next = '';
  do {
    const path = `/v1/subscriptions/sub_pages/deliveries?limit=2${next}`;
    const { json } = await api.call('GET', path);
    pages.push(json.data.map(({ event }: { event: string }) => event));
    next = json.next === null ? '' : `&cursor=${json.next}`;
  } while (next !== '');
  expect(pages.map(({ length }) => length)).toEqual([2, 2, 2]);
  expect(pages.flat().sort()).toEqual([...ids].sort());
});

test('pages of what is pending lead from the tests to what waits', async () => {
  const waiting = await makeLane('sub_tests', []);
  const tests = [makeEvent(91, 'service'), makeEvent(92, 'service'), makeEvent(93, 'service')];
  for (const { id } of tests) {
    await store.lanes.pushTest('sub_tests', deliveryRef('service', '1-0', id));
  }
  const expected = [...tests.map(({ id }) => id), ...waiting];
  for (const limit of [1, 2, 3, 4, 5]) {
    const seen: string[] = [];
    let next = '';
    do {
      const path = `/v1/subscriptions/sub_tests/deliveries?status=pending&limit=${limit}${next}`;
      const { json } = await api.call('GET', path);
      seen.push(...json.data.map(({ event }: { event: string }) => event));
      next = json.next === null ? '' : `&cursor=${json.next}`;
    } while (next !== '');
    expect(seen).toEqual(expected);
  }
});

test('a cursor of one status does not go on in another', async () => {
  await makeLane('sub_cursor', ['failed', 'failed']);
  const path = '/v1/subscriptions/sub_cursor/deliveries';
  const { json } = await api.call('GET', `${path}?status=failed&limit=1`);
  const answer = await api.call('GET', `${path}?status=delivered&cursor=${json.next}`);
  expectProblem(answer, 400);
  expect(errorPaths(answer)).toEqual(['cursor']);
});

test('an unknown status is a 400, an unknown subscription a 404', async () => {
  await makeLane('sub_known', []);
  const wrong = await api.call('GET', '/v1/subscriptions/sub_known/deliveries?status=lost');
  expectProblem(wrong, 400);
  expect(errorPaths(wrong)).toEqual(['status']);
  expectProblem(await api.call('GET', '/v1/subscriptions/sub_nobody/deliveries'), 404);
});

test('nothing is due while the subscription is paused', async () => {
  await makeLane('sub_paused', ['retry']);
  await store.lanes.pause('sub_paused');
  const { json } = await api.call('GET', '/v1/subscriptions/sub_paused/deliveries');
  const retrying = json.data.filter(({ status }: { status: string }) => status === 'retrying');
  expect(retrying).toMatchObject([{ nextAttemptAt: null }]);
});
