import { expect, test } from 'vitest';
import { type DeliveryRef, parseDeliveryRef } from '#domain/delivery.ts';
import type { ReplayPorts, ReplayWish } from '#relay/replay.ts';
import { laneKeys } from '#store/keys.ts';
import {
  appendAt,
  eventLog,
  everything,
  redis,
  reopeningBy,
  setUp,
} from '../../support/replaying.ts';
import { makeEvent } from '../../support/stage.ts';

const msOf = (ref: DeliveryRef | undefined) =>
  Number(parseDeliveryRef(ref ?? '').logId.split('-')[0]);

test('a span of time is opened again from all logs, whatever became of it, but for what waits', async () => {
  const { subscribe, commit, replay, relay, empty, waiting, east, west } = setUp();
  const subscription = await subscribe('a');
  const ended = [...(await commit(east, 3)), ...(await commit(west, 2))];
  await Promise.all([relay(east), relay(west)]);
  await empty(subscription);
  const still = await commit(east, 1);
  await relay(east);
  expect(await replay(subscription, everything, { dryRun: true })).toBe(5);
  expect(await waiting(subscription.id)).toEqual(still);
  expect(await replay(subscription, everything)).toBe(5);
  expect(await waiting(subscription.id)).toEqual([...still, ...ended]);
});

test('both ends of the span are in it, by the time of the log', async () => {
  const { subscribe, replay, waiting, relay, empty, east } = setUp();
  const subscription = await subscribe('a');
  const refs: DeliveryRef[] = [];
  for (const logId of ['999-9', '1000-0', '1500-0', '2000-0', '2000-7', '2001-0']) {
    refs.push(await appendAt(east, logId));
  }
  await relay(east);
  await empty(subscription);
  const span: ReplayWish = { kind: 'committed', sinceMs: 1000, untilMs: 2000, types: null };
  expect(await replay(subscription, span)).toBe(4);
  expect(await waiting(subscription.id)).toEqual(refs.slice(1, 5));
});

test('events from before the subscription come, as far as it wants them; tests never do', async () => {
  const { subscribe, commit, replay, relay, waiting, east, west } = setUp();
  const created = await commit(east, 2);
  const changed = await commit(east, 2, { type: 'contact.status_changed' });
  await commit(east, 1, { type: 'contact.deleted' });
  await commit(east, 1, { type: 'subscription.test' });
  await commit(west, 3);
  await relay(east);
  const some = await subscribe('some', { sources: [east] });
  const few = await subscribe('few', { sources: [east], filter: { reason: 'nothing' } });
  const types = ['contact.status_changed'] as const;
  expect(await replay(some, { ...everything, types })).toBe(2);
  expect(await waiting(some.id)).toEqual(changed);
  expect(await replay(some, everything)).toBe(2);
  expect(await waiting(some.id)).toEqual([...changed, ...created]);
  expect(await replay(few, everything)).toBe(0);
});

test('what the relay has not passed yet comes by itself, and not twice', async () => {
  const { subscribe, commit, replay, relay, waiting, east } = setUp();
  const subscription = await subscribe('a');
  const refs = await commit(east, 3);
  expect(await replay(subscription, everything)).toBe(0);
  await relay(east);
  expect(await waiting(subscription.id)).toEqual(refs);
});

test('an end in the future does not lead past the relay, which is still to bring the rest', async () => {
  const { subscribe, commit, replay, relay, empty, waiting, east } = setUp();
  const subscription = await subscribe('a');
  const passed = await commit(east, 2);
  await relay(east);
  await empty(subscription);
  const committedMeanwhile = await commit(east, 2);
  const span = { ...everything, untilMs: Date.parse('2100-01-01') };
  const changes: Partial<ReplayPorts> = { relay: async () => 0 };
  expect(await replay(subscription, span, { changes })).toBe(2);
  await relay(east);
  expect(await waiting(subscription.id)).toEqual([...passed, ...committedMeanwhile]);
});

test('logs of sources that the subscription does not name are not even read', async () => {
  const { subscribe, commit, replay, east, west } = setUp();
  const subscription = await subscribe('a', { sources: [east] });
  await commit(west, 1);
  const read: string[] = [];
  const changes: Partial<ReplayPorts> = {
    relay: async (source) => {
      read.push(source);
      return 0;
    },
  };
  expect(await replay(subscription, everything, { changes })).toBe(0);
  expect(read).toEqual([east]);
});

test('while other relays and replays run, nothing is queued twice', async () => {
  const { subscribe, commit, replay, relay, waiting, east, west } = setUp();
  const old = [...(await commit(east, 40)), ...(await commit(west, 40))];
  const subscription = await subscribe('a');
  const rest = await commit(east, 60);
  await Promise.all([
    replay(subscription, everything),
    relay(east),
    replay(subscription, everything),
    replay(subscription, everything),
    relay(east),
  ]);
  const queued = await waiting(subscription.id);
  expect(queued).toHaveLength(140);
  expect(new Set(queued)).toEqual(new Set([...old, ...rest]));
});

test('a replay that died in the middle is done by repeating it, and queues nothing twice', async () => {
  const { subscribe, commit, replay, relay, empty, waiting, east, west } = setUp();
  const subscription = await subscribe('a');
  const refs = [...(await commit(east, 2)), ...(await commit(west, 2))];
  await Promise.all([relay(east), relay(west)]);
  await empty(subscription);
  let calls = 0;
  const dies = reopeningBy(async (reopen, some) => {
    calls += 1;
    if (calls === 2) throw new Error('killed');
    return reopen(some);
  });
  await expect(replay(subscription, everything, { changes: dies })).rejects.toThrow('killed');
  expect(await waiting(subscription.id)).toEqual(refs.slice(0, 2));
  expect(await replay(subscription, everything)).toBe(2);
  expect(await waiting(subscription.id)).toEqual(refs);
});

test('an aborted replay stops reading, and what it has opened is woken', async () => {
  const { subscribe, commit, replay, relay, empty, waiting, woken, east } = setUp();
  const subscription = await subscribe('a');
  const refs = await commit(east, 201);
  await relay(east);
  await empty(subscription);
  const abort = new AbortController();
  const aborts = reopeningBy(async (reopen, some) => {
    abort.abort();
    return reopen(some);
  });
  const options = { signal: abort.signal, changes: aborts };
  expect(await replay(subscription, everything, options)).toBe(200);
  expect(await waiting(subscription.id)).toEqual(refs.slice(0, 200));
  expect(woken).toEqual([{ lane: subscription.id, failing: false }]);
});

test('the lane is woken on the way, not only at the end', async () => {
  const { subscribe, replay, woken } = setUp();
  const subscription = await subscribe('a', { sources: ['long'] });
  const event = makeEvent(0, 'long');
  const batches = 20;
  let read = 0;
  const wokenAfter: number[] = [];
  const changes: Partial<ReplayPorts> = {
    logIds: async () => ['long'],
    relay: async () => 0,
    eventLog: {
      ...eventLog,
      position: async () => ({ generation: 0, relayedUpTo: '99-0', end: '99-0' }),
      readBetween: async () => {
        wokenAfter.push(woken.length);
        read += 1;
        if (read > batches) return [];
        return [{ logId: `${read}-0`, event: { ...event, id: `evt_${read}` } }];
      },
    },
  };
  expect(await replay(subscription, everything, { changes })).toBe(batches);
  expect(wokenAfter[9]).toBe(0);
  expect(wokenAfter[10]).toBe(1);
  expect(woken.length).toBe(3);
});

test.each<['paused' | 'disabled']>([['paused'], ['disabled']])(
  'a %s subscription keeps what is opened again, and is not woken',
  async (status) => {
    const { subscribe, commit, replay, relay, empty, waiting, woken, east } = setUp();
    const subscription = await subscribe('a');
    const refs = await commit(east, 2);
    await relay(east);
    await empty(subscription);
    await redis.hset(laneKeys(subscription.id).state, 'status', status);
    expect(await replay(subscription, everything)).toBe(2);
    expect(await waiting(subscription.id)).toEqual(refs);
    expect(woken).toEqual([]);
  },
);

test('a replay since the moment of a commit has it', async () => {
  const { subscribe, commit, replay, relay, empty, waiting, east } = setUp();
  const subscription = await subscribe('a');
  const refs = await commit(east, 2);
  await relay(east);
  await empty(subscription);
  const since = { ...everything, sinceMs: msOf(refs[0]) };
  expect(await replay(subscription, since)).toBe(2);
  expect(await waiting(subscription.id)).toEqual(refs);
});

test('a filter that takes long over each event keeps nothing else from its turn', async () => {
  const { subscribe, commit, replay, relay, east } = setUp();
  await commit(east, 10);
  await relay(east);
  const subscription = await subscribe('slow', { sources: [east], filter: { reason: 'new' } });
  let nowMs = 0;
  let turns = 0;
  let isOver = false;
  const count = () => {
    turns += 1;
    if (!isOver) setImmediate(count);
  };
  const changes: Partial<ReplayPorts> = {
    now: () => (nowMs += 10),
    eventLog: {
      ...eventLog,
      async readBetween(...span) {
        const entries = await eventLog.readBetween(...span);
        setImmediate(count);
        return entries;
      },
    },
    ...reopeningBy((reopen, refs) => {
      isOver = true;
      return reopen(refs);
    }),
  };
  expect(await replay(subscription, everything, { changes })).toBe(10);
  expect(turns).toBeGreaterThan(2);
});
