import { expect, test } from 'vitest';
import type { DeliveryRef } from '#domain/delivery.ts';
import type { SubscriptionId } from '#domain/subscription.ts';
import { laneKeys } from '#store/keys.ts';
import { openConnection, openStore } from '../../support/stage.ts';

const connection = await openConnection();
const { lanes } = openStore(connection);
const { redis } = connection;
const nowMs = 100_000;
let created = 0;

interface Content {
  readonly tests?: number;
  readonly waiting?: number;
  readonly retryDueMs?: readonly number[];
  readonly state?: Readonly<Record<string, string | number>>;
}

const ref = (name: string | number): DeliveryRef => `inbox 1-0 evt_${name}`;

async function newLane({ tests = 0, waiting = 0, retryDueMs = [], state = {} }: Content = {}) {
  created += 1;
  const id: SubscriptionId = `sub_${created}`;
  const names = laneKeys(id);
  await lanes.create(id, new Map());
  for (let number = 0; number < tests; number += 1) await lanes.pushTest(id, ref(number));
  for (let number = 0; number < waiting; number += 1) await redis.rpush(names.waiting, ref(number));
  for (const dueMs of retryDueMs) await redis.zadd(names.retries, dueMs, ref(dueMs));
  await redis.hset(names.state, { status: 'active', ...state });
  return { id, names };
}

async function isDue(content: Content): Promise<boolean> {
  const { id } = await newLane(content);
  return (await lanes.tend([id], nowMs, 0)).length === 1;
}

const cases: [due: boolean, what: string, content: Content][] = [
  [false, 'nothing', {}],
  [true, 'something that waits', { waiting: 1 }],
  [true, 'a retry that is due now', { retryDueMs: [nowMs] }],
  [false, 'a retry that is due later', { retryDueMs: [nowMs + 1] }],
  [true, 'a retry due later and something that waits', { waiting: 1, retryDueMs: [nowMs + 1] }],
  [false, 'something that waits for a resume', { waiting: 1, state: { status: 'paused' } }],
  [false, 'a retry of a disabled lane', { retryDueMs: [1], state: { status: 'disabled' } }],
  [true, 'a test of a paused lane', { tests: 1, state: { status: 'paused' } }],
  [false, 'a test of a disabled lane', { tests: 1, state: { status: 'disabled' } }],
  [false, 'a test of a lane on hold', { tests: 1, state: { holdUntilMs: nowMs + 1 } }],
  [true, 'a test of a lane whose hold is over', { tests: 1, state: { holdUntilMs: nowMs } }],
  [false, 'work on hold', { waiting: 1, retryDueMs: [1], state: { holdUntilMs: nowMs + 1 } }],
  [true, 'work whose hold is over', { waiting: 1, state: { holdUntilMs: nowMs } }],
  [true, 'the first work of an unreachable lane', { waiting: 1, state: { unreachable: 5 } }],
  [
    false,
    'work behind the retry of an unreachable lane',
    { waiting: 1, retryDueMs: [nowMs + 1], state: { unreachable: 5 } },
  ],
  [
    false,
    'other retries than the probe of an unreachable lane',
    { retryDueMs: [1, nowMs + 1], state: { unreachable: 5, probe: ref(nowMs + 1) } },
  ],
  [
    true,
    'the probe of an unreachable lane',
    { retryDueMs: [nowMs, nowMs + 1], state: { unreachable: 5, probe: ref(nowMs) } },
  ],
  [
    true,
    'the probe of an unreachable lane that was not tried for long',
    { retryDueMs: [nowMs + 1], state: { unreachable: 5, probeByMs: nowMs } },
  ],
  [
    false,
    'the probe of an unreachable lane that was tried a moment ago',
    { retryDueMs: [nowMs + 2], state: { unreachable: 5, probeByMs: nowMs + 1 } },
  ],
  [
    true,
    'a retry due of an unreachable lane whose probe has ended',
    { retryDueMs: [nowMs], state: { unreachable: 5, probe: ref('ended') } },
  ],
  [
    true,
    'work of a lane that failed but answers',
    { waiting: 1, retryDueMs: [nowMs + 1], state: { failures: 9, unreachable: 4 } },
  ],
];

test.each(cases)('due is %s: %s', async (due, _what, content) => {
  expect(await isDue(content)).toBe(due);
});

test('of many lanes those with due work are told, and whether their last attempt failed', async () => {
  const idle = await newLane();
  const healthy = await newLane({ waiting: 1 });
  const failing = await newLane({ waiting: 1, state: { failures: 1 } });
  const removed = await newLane({ waiting: 1 });
  await lanes.remove(removed.id);
  const ids = [idle.id, healthy.id, removed.id, failing.id];
  expect(await lanes.tend(ids, nowMs, 0)).toEqual([
    { lane: healthy.id, failing: false },
    { lane: failing.id, failing: true },
  ]);
  expect(await redis.keys(`{lane:${removed.id}}:*`)).toEqual([]);
});

test('what ended before the retention is forgotten with its record, the rest is kept', async () => {
  const { id, names } = await newLane({ retryDueMs: [1] });
  const ended = ['failed', 'expired', 'skipped'] as const;
  for (const status of ended) {
    await redis.zadd(names[status], 4999, ref(`${status}-old`), 5000, ref(`${status}-new`));
    await redis.hset(names.records, ref(`${status}-old`), '{}', ref(`${status}-new`), '{}');
  }
  await redis.hset(names.records, ref(1), '{}');
  await lanes.tend([id], nowMs, 5000);
  for (const status of ended) {
    expect(await redis.zrange(names[status], 0, '-1')).toEqual([ref(`${status}-new`)]);
  }
  const kept = [ref(1), ...ended.map((status) => ref(`${status}-new`))];
  expect((await redis.hkeys(names.records)).sort()).toEqual(kept.sort());
});

test('a great deal that ended is forgotten over several rounds', async () => {
  const { id, names } = await newLane();
  const old = Array.from({ length: 2500 }, (_, number) => [1, ref(number)]).flat();
  await redis.zadd(names.failed, ...old);
  const left = [];
  for (let round = 0; round < 3; round += 1) {
    await lanes.tend([id], nowMs, 5000);
    left.push(await redis.zcard(names.failed));
  }
  expect(left).toEqual([1500, 500, 0]);
});

test('of what ended one way only so much is kept, the newest, and what is forgotten is counted', async () => {
  const { id, names } = await newLane();
  for (const status of ['failed', 'expired', 'skipped'] as const) {
    await redis.zadd(names[status], 7000, ref('c'), 5000, ref('a'), 6000, ref('b'));
    await redis.zadd(names[status], 1, ref('old'));
  }
  await redis.hset(names.records, ref('a'), '{}', ref('b'), '{}', ref('c'), '{}');
  await lanes.tend([id], nowMs, 2, 2);
  for (const status of ['failed', 'expired', 'skipped'] as const) {
    expect(await redis.zrange(names[status], 0, '-1')).toEqual([ref('b'), ref('c')]);
  }
  expect((await redis.hkeys(names.records)).sort()).toEqual([ref('b'), ref('c')]);
  expect((await lanes.summarize([id]))[0]?.forgotten).toBe(6);
});

test('a lane with something to announce is due, also where it is disabled', async () => {
  const { id, names } = await newLane({ state: { status: 'disabled', failures: 20 } });
  await redis.rpush(names.notices, '{}');
  expect(await lanes.tend([id], nowMs, 0)).toEqual([{ lane: id, failing: true }]);
});
