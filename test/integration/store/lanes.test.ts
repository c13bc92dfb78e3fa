import { expect, test } from 'vitest';
import type { DeliveryRef } from '#domain/delivery.ts';
import type { SubscriptionId } from '#domain/subscription.ts';
import { laneKeys } from '#store/keys.ts';
import type { LogEnd } from '#store/lanes.ts';
import { openConnection, openStore } from '../../support/stage.ts';

const connection = await openConnection();
const { lanes } = openStore(connection);
const { redis } = connection;
let created = 0;

const refTo = (logId: string): DeliveryRef => `inbox ${logId} evt_of-${logId}`;

async function newLane(logEnds: ReadonlyMap<string, LogEnd> = new Map()) {
  created += 1;
  const id: SubscriptionId = `sub_${created}`;
  await lanes.create(id, logEnds);
  const names = laneKeys(id);
  return {
    id,
    names,
    waiting: () => redis.lrange(names.waiting, 0, -1),
    async push(generation: number, ...logIds: string[]) {
      const events = logIds.map((logId) => ({ logId, ref: refTo(logId) }));
      return (await lanes.push('inbox', generation, [{ lane: id, events }]))[0];
    },
    counts: async () => (await lanes.summarize([id]))[0]?.counts,
  };
}

test('what is pushed waits in the order of its log', async () => {
  const { id, push, waiting } = await newLane();
  const wake = { lane: id, failing: false, wakes: true, generationBefore: 0, markBefore: '0-0' };
  expect(await push(0, '1-0', '1-9', '1-10')).toEqual(wake);
  expect(await waiting()).toEqual(['1-0', '1-9', '1-10'].map(refTo));
});

test('pushing the same events twice takes none twice, and wakes nobody the second time', async () => {
  const { push, waiting } = await newLane();
  await push(0, '1-0', '2-0');
  expect(await push(0, '1-0', '2-0')).toMatchObject({ wakes: false, markBefore: '2-0' });
  expect(await push(0, '2-0', '3-0')).toMatchObject({ wakes: true });
  expect(await waiting()).toEqual(['1-0', '2-0', '3-0'].map(refTo));
});

test('a lane that is made twice keeps the marks and the state of the first', async () => {
  const { id, push, waiting, names } = await newLane(
    new Map([['inbox', { generation: 0, end: '1-0' }]]),
  );
  await lanes.pause(id);
  await lanes.create(id, new Map([['inbox', { generation: 0, end: '9-0' }]]));
  await push(0, '1-0', '5-0');
  expect(await waiting()).toEqual([refTo('5-0')]);
  expect(await redis.hget(names.state, 'status')).toBe('paused');
});

test('every source has a mark of its own', async () => {
  const { id, push, waiting } = await newLane();
  await push(0, '5-0');
  await lanes.push('other', 0, [
    { lane: id, events: [{ logId: '1-0', ref: 'other 1-0 evt_other' }] },
  ]);
  expect(await waiting()).toEqual([refTo('5-0'), 'other 1-0 evt_other']);
});

test('a new generation is taken from its start, and nothing of the old one afterwards', async () => {
  const { push, waiting } = await newLane();
  await push(0, '8-0', '9-0');
  expect(await push(1, '7-0', '9-0')).toMatchObject({ wakes: true, markBefore: '0-0' });
  expect(await push(0, '10-0')).toMatchObject({
    wakes: false,
    generationBefore: 1,
    markBefore: '9-0',
  });
  expect(await push(1, '9-0', '9-1')).toMatchObject({ wakes: true });
  expect(await waiting()).toEqual(['8-0', '9-0', '7-0', '9-0', '9-1'].map(refTo));
});

test('a lane takes only what comes after the ends it was created with', async () => {
  const { push, waiting } = await newLane(new Map([['inbox', { generation: 2, end: '5-0' }]]));
  expect(await push(1, '6-0')).toMatchObject({ wakes: false });
  await push(2, '4-0', '5-0', '5-1');
  expect(await waiting()).toEqual([refTo('5-1')]);
});

test('a lane that was removed takes nothing and leaves nothing behind', async () => {
  const { id, push } = await newLane(new Map([['inbox', { generation: 0, end: '1-0' }]]));
  await push(0, '2-0');
  await lanes.pushTest(id, refTo('1-1'));
  await lanes.remove(id);
  expect(await push(0, '3-0')).toBeUndefined();
  expect(await redis.keys(`{lane:${id}}:*`)).toEqual([]);
});

test('one push reaches many lanes, also where some are gone', async () => {
  const made = await Promise.all(Array.from({ length: 250 }, () => newLane()));
  const gone = made.filter((_, index) => index % 10 === 0);
  await Promise.all(gone.map(({ id }) => lanes.remove(id)));
  const events = [{ logId: '1-0', ref: refTo('1-0') }];
  const pushed = await lanes.push(
    'inbox',
    0,
    made.map(({ id }) => ({ lane: id, events })),
  );
  const left = made.filter((lane) => !gone.includes(lane));
  expect(pushed.map(({ lane }) => lane)).toEqual(left.map(({ id }) => id));
  for (const lane of left) expect(await lane.waiting()).toEqual([refTo('1-0')]);
});

test('a paused or unreachable lane takes what comes but is not woken for it', async () => {
  const paused = await newLane();
  await lanes.pause(paused.id);
  expect(await paused.push(0, '1-0')).toMatchObject({ failing: false, wakes: false });
  const unreachable = await newLane();
  await redis.hset(unreachable.names.state, 'failures', '6', 'unreachable', '5');
  expect(await unreachable.push(0, '1-0')).toMatchObject({ failing: true, wakes: false });
  const failing = await newLane();
  await redis.hset(failing.names.state, 'failures', '9', 'unreachable', '4');
  expect(await failing.push(0, '1-0')).toMatchObject({ failing: true, wakes: true });
  expect((await paused.counts())?.pending).toBe(1);
  expect((await unreachable.counts())?.pending).toBe(1);
});

const inTrouble = {
  failures: '7',
  unreachable: '6',
  holdUntilMs: '99000',
  probe: refTo('2-0'),
  probeByMs: '98000',
  failingSinceMs: '1000',
  warnedPercent: '50',
};

test('resuming to deliver keeps what waits and forgives the past, but not the silence that was asked for', async () => {
  const { id, names, push, counts } = await newLane();
  await push(0, '1-0');
  await redis.zadd(names.retries, 99_000, refTo('2-0'));
  await redis.hset(names.state, {
    status: 'disabled',
    disabledReason: 'gone',
    ...inTrouble,
  });
  await lanes.resume(id, 'deliver', 5000);
  expect(await redis.hgetall(names.state)).toEqual({
    status: 'active',
    failures: '0',
    unreachable: '0',
    holdUntilMs: '99000',
    resumes: '1',
  });
  expect(await counts()).toMatchObject({ pending: 1, retrying: 1, skipped: 0 });
});

test.each(['active', 'paused', 'disabled'])(
  'a lane that is %s and has another address stays so, and all that is past is forgotten',
  async (status) => {
    const { id, names, push, counts } = await newLane();
    await push(0, '1-0');
    await redis.zadd(names.retries, 99_000, refTo('2-0'));
    await redis.hset(names.state, { status, ...inTrouble });
    await lanes.readdress(id);
    const begun = { status, failures: '0', unreachable: '0', resumes: '1', readdressed: '1' };
    expect(await redis.hgetall(names.state)).toEqual(begun);
    expect(await counts()).toMatchObject({ pending: 1, retrying: 1 });
  },
);

test('resuming to skip keeps what waited as skipped, but a test goes out all the same', async () => {
  const { id, names, push, counts } = await newLane();
  await push(0, '1-0', '2-0');
  await redis.zadd(names.retries, 99_000, refTo('3-0'));
  await lanes.pushTest(id, refTo('4-0'));
  await lanes.pause(id);
  await lanes.resume(id, 'skip', 5000);
  expect(await counts()).toMatchObject({ pending: 1, retrying: 0, skipped: 3 });
  expect(await redis.zrange(names.skipped, 0, '-1', 'WITHSCORES')).toEqual(
    ['1-0', '2-0', '3-0'].flatMap((logId) => [refTo(logId), '5000']),
  );
});

test('resuming a lane twice skips nothing twice', async () => {
  const { id, push, counts } = await newLane();
  await push(0, '1-0');
  await lanes.resume(id, 'skip', 5000);
  await lanes.resume(id, 'skip', 6000);
  expect(await counts()).toMatchObject({ pending: 0, skipped: 1 });
});

test('neither resuming nor another address brings a removed lane back', async () => {
  const { id } = await newLane();
  await lanes.remove(id);
  await lanes.resume(id, 'deliver', 5000);
  await lanes.readdress(id);
  expect(await redis.keys(`{lane:${id}}:*`)).toEqual([]);
});

test('pausing or testing does not bring a removed lane back', async () => {
  const { id } = await newLane();
  await lanes.remove(id);
  await lanes.pause(id);
  await lanes.pushTest(id, refTo('1-0'));
  expect(await redis.keys(`{lane:${id}}:*`)).toEqual([]);
});

test('a summary tells status, reason and every count', async () => {
  const { id, names, push } = await newLane();
  await push(0, '1-0', '2-0');
  await lanes.pushTest(id, refTo('3-0'));
  await redis.zadd(names.retries, 1, refTo('4-0'));
  await redis.hset(names.state, {
    status: 'disabled',
    disabledReason: 'gone',
    delivered: '4',
    failed: '3',
    expired: '2',
    skipped: '1',
    forgotten: '5',
  });
  const waitingToo = 'contact\n0000000000000001\ninbox 5-0 evt_5 contact';
  await redis.zadd(names.held, 0, waitingToo);
  expect(await lanes.summarize([id])).toEqual([
    {
      status: 'disabled',
      disabledReason: 'gone',
      counts: { pending: 4, retrying: 1, delivered: 4, failed: 3, expired: 2, skipped: 1 },
      failing: null,
      forgotten: 5,
    },
  ]);
});
