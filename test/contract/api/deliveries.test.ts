import { expect, test } from 'vitest';
import { deliveryRef } from '#domain/delivery.ts';
import type { SubscriptionId } from '#domain/subscription.ts';
import { makeEvent, makeSubscription, subscribe } from '../../support/stage.ts';
import { errorPaths, expectProblem, openApi } from './api-under-test.ts';
import { answered, fillLane, refused } from './filled-lane.ts';

const api = await openApi();
const { store } = api;

test('deliveries show their event, their attempts and when the next one is due', async () => {
  const ids = await fillLane(api, 'sub_all', ['delivered', 'retry', 'failed', 'expired']);
  const { json } = await api.call('GET', '/v1/subscriptions/sub_all/deliveries');
  const about = (index: number) => ({
    event: ids[index],
    source: 'default',
    contact: `contact-${index}`,
    committedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
  });
  const advised = { ...answered, message: expect.stringContaining('Look into its log') };
  const ended = { attempts: [advised], nextAttemptAt: null };
  expect(json).toEqual({
    data: [
      { ...about(4), status: 'pending', attempts: [], nextAttemptAt: null },
      {
        ...about(1),
        status: 'retrying',
        attempts: [refused],
        nextAttemptAt: '2026-06-12T10:00:05.000Z',
      },
      { ...about(0), status: 'delivered', ...ended },
      { ...about(2), status: 'failed', ...ended },
      { ...about(3), status: 'expired', ...ended },
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
    await fillLane(api, id, ['delivered', 'retry', 'failed', 'expired']);
    await api.store.lanes.pause(id);
    const { json } = await api.call('GET', `/v1/subscriptions/${id}/deliveries?status=${status}`);
    const expected = status === 'skipped' ? [] : [status];
    expect(json.data.map((each: { status: string }) => each.status)).toEqual(expected);
  },
);

test('pages go on from one status to the next', async () => {
  const ids = await fillLane(api, 'sub_pages', [
    'failed',
    'failed',
    'failed',
    'delivered',
    'retry',
  ]);
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

test('a delivery says when its event was committed, and a test is about nobody', async () => {
  await subscribe(store, makeSubscription('sub_when'));
  const ref = deliveryRef('service', '1781258400123-0', makeEvent(7).id);
  await store.lanes.pushTest('sub_when', ref);
  const { json } = await api.call('GET', '/v1/subscriptions/sub_when/deliveries');
  expect(json.data[0]).toMatchObject({
    source: 'service',
    contact: null,
    committedAt: '2026-06-12T10:00:00.123Z',
  });
});

test('pages of what is pending lead from the tests to what waits', async () => {
  const waiting = await fillLane(api, 'sub_tests', []);
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
  await fillLane(api, 'sub_cursor', ['failed', 'failed']);
  const path = '/v1/subscriptions/sub_cursor/deliveries';
  const { json } = await api.call('GET', `${path}?status=failed&limit=1`);
  const answer = await api.call('GET', `${path}?status=delivered&cursor=${json.next}`);
  expectProblem(answer, 400);
  expect(errorPaths(answer)).toEqual(['cursor']);
});

test('an unknown status is a 400, an unknown subscription a 404', async () => {
  await fillLane(api, 'sub_known', []);
  const wrong = await api.call('GET', '/v1/subscriptions/sub_known/deliveries?status=lost');
  expectProblem(wrong, 400);
  expect(errorPaths(wrong)).toEqual(['status']);
  expectProblem(await api.call('GET', '/v1/subscriptions/sub_nobody/deliveries'), 404);
});

test('nothing is due while the subscription is paused', async () => {
  await fillLane(api, 'sub_paused', ['retry']);
  await store.lanes.pause('sub_paused');
  const { json } = await api.call('GET', '/v1/subscriptions/sub_paused/deliveries');
  const retrying = json.data.filter(({ status }: { status: string }) => status === 'retrying');
  expect(retrying).toMatchObject([{ nextAttemptAt: null }]);
});
