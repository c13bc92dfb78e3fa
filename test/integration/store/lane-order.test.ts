import { expect, test } from 'vitest';
import { type DeliveryRef, deliveryRef } from '#domain/delivery.ts';
import type { Ordering, SubscriptionId } from '#domain/subscription.ts';
import { laneKeys } from '#store/keys.ts';
import type { DeliveryOrigin, OutcomeKind } from '#store/lane-work.ts';
import { healthy, openConnection, openStore } from '../../support/stage.ts';

const connection = await openConnection();
const { lanes, laneWork, deliveries } = openStore(connection);
const { redis } = connection;
const nowMs = 100_000;
let created = 0;

/** `ann-3` is the third event of a log, about Ann; `-3` is about nobody. */
function ref(name: string): DeliveryRef {
  const [contact = '', number = ''] = name.split('-');
  return deliveryRef('inbox', `${number}-0`, `evt_${number}`, contact);
}

function nameOf(text: string): string {
  const [, logId = '', , contact = ''] = text.split(' ');
  return `${contact}-${logId.split('-')[0]}`;
}

async function orderedLane(...waiting: string[]) {
  created += 1;
  const id: SubscriptionId = `sub_${created}`;
  const names = laneKeys(id);
  await lanes.create(id, new Map());
  await lanes.reopen(id, waiting.map(ref));
  const grant = await laneWork.acquire(id);
  if (grant.kind !== 'acquired') throw new Error('The lease of a new lane is free.');
  const { epoch } = grant;
  const look = async (most = 50, ordering: Ordering = 'contact') => {
    const claim = await laneWork.claim(id, epoch, { nowMs, most, ordering, pace: null });
    if (claim.kind === 'fenced') throw new Error('The lane is ours.');
    return claim;
  };
  return {
    id,
    names,
    look,
    claim: async (most = 50, ordering: Ordering = 'contact') =>
      (await look(most, ordering)).deliveries.map((each) => nameOf(each.ref)),
    async record(name: string, kind: OutcomeKind, origin: DeliveryOrigin = 'waiting') {
      const dueMs = kind === 'retry' ? nowMs + 1000 : null;
      const outcome = { origin, ref: ref(name), kind, dueMs, attempts: [], scheduled: 1 };
      await laneWork.record(id, epoch, nowMs, {
        outcomes: [outcome],
        health: healthy,
        disable: null,
        notices: [],
      });
    },
    waiting: async () => (await redis.lrange(names.waiting, 0, -1)).map(nameOf),
    retries: async () => (await redis.zrange(names.retries, 0, '-1')).map(nameOf),
    summary: async () => (await lanes.summarize([id]))[0]?.counts,
  };
}

test('later events of a contact wait behind its retry, and only those', async () => {
  const { claim, record } = await orderedLane('ann-1', 'bob-2', 'ann-3', '-4', 'ann-5');
  await record('ann-1', 'retry');
  expect(await claim()).toEqual(['bob-2', '-4']);
});

test.each(['delivered', 'failed', 'expired'] as const)(
  'once the retry of a contact is %s, its later events come first and in order',
  async (kind) => {
    const { claim, record } = await orderedLane('ann-1', 'ann-2', 'bob-3', 'ann-4');
    await record('ann-1', 'retry');
    await claim();
    await record('ann-1', kind, 'retries');
    expect(await claim()).toEqual(['ann-2', 'ann-4', 'bob-3']);
  },
);

test('a retry that fails again keeps its contact back', async () => {
  const { claim, record } = await orderedLane('ann-1', 'ann-2');
  await record('ann-1', 'retry');
  await record('ann-1', 'retry', 'retries');
  expect(await claim()).toEqual([]);
});

test('what comes while a contact is kept back stands behind what was there before', async () => {
  const { id, claim, record } = await orderedLane('ann-1', 'ann-2');
  await record('ann-1', 'retry');
  await claim();
  await lanes.reopen(id, [ref('ann-3')]);
  await claim();
  await record('ann-1', 'delivered', 'retries');
  expect(await claim()).toEqual(['ann-2', 'ann-3']);
});

test('the same contact of another source is not kept back', async () => {
  const { id, record, look } = await orderedLane('ann-1');
  const other = deliveryRef('shop', '2-0', 'evt_2', 'ann');
  await lanes.reopen(id, [other]);
  await record('ann-1', 'retry');
  expect((await look()).deliveries.map((each) => each.ref)).toEqual([other]);
});

test('a contact with a great deal that waits keeps nobody else out', async () => {
  const many = Array.from({ length: 900 }, (_, number) => `ann-${number + 1}`);
  const { claim } = await orderedLane(...many, 'bob-901');
  const found = await claim();
  expect(found[0]).toBe('ann-1');
  expect(found).toContain('bob-901');
});

test('what lies behind more than is looked at in one call is found by the next ones', async () => {
  const many = Array.from({ length: 2500 }, (_, number) => `ann-${number + 1}`);
  const { look, record } = await orderedLane(...many, 'bob-2501');
  await record('ann-1', 'retry');
  const looks = [await look(), await look(), await look()];
  expect(looks.map(({ deliveries: found }) => found.length)).toEqual([0, 0, 1]);
  expect(looks.map(({ more }) => more)).toEqual([true, true, false]);
});

test('what is held back is pending: counted, listed behind what waits, and opened by nobody twice', async () => {
  const { id, claim, record, summary } = await orderedLane('ann-1', 'ann-2', 'bob-3', 'ann-4');
  await record('ann-1', 'retry');
  await claim();
  expect(await summary()).toMatchObject({ pending: 3, retrying: 1 });
  const list = async (offset: number, limit: number) => {
    const from = { status: 'pending', offset } as const;
    const page = await deliveries.list(id, 'pending', from, limit);
    return page.deliveries.map((each) => nameOf(each.ref));
  };
  expect(await list(0, 9)).toEqual(['bob-3', 'ann-2', 'ann-4']);
  expect([await list(0, 2), await list(2, 2)]).toEqual([['bob-3', 'ann-2'], ['ann-4']]);
  expect(await lanes.reopen(id, [ref('ann-2'), ref('ann-4')])).toBe(0);
});

test('skipping a backlog skips what is held back too, and frees its contacts', async () => {
  const { id, claim, record, summary } = await orderedLane('ann-1', 'ann-2', 'ann-3');
  await record('ann-1', 'retry');
  await claim();
  await lanes.resume(id, 'skip', nowMs);
  expect(await summary()).toMatchObject({ pending: 0, retrying: 0, skipped: 3 });
  expect((await deliveries.list(id, 'skipped', null, 9)).deliveries).toHaveLength(3);
  await lanes.reopen(id, [ref('ann-4')]);
  expect(await claim()).toEqual(['ann-4']);
});

test('a lane that is no longer ordered gives back what it held, before all else and in its order', async () => {
  const { claim, record } = await orderedLane(
    ...['ann-1', 'bob-2', 'ann-9', 'bob-14', 'cid-15', 'ann-16'],
  );
  await record('ann-1', 'retry');
  await record('bob-2', 'retry');
  await claim();
  expect(await claim(50, 'none')).toEqual(['ann-9', 'bob-14', 'ann-16', 'cid-15']);
  await record('ann-9', 'retry');
  expect(await claim(50, 'none')).toEqual(['bob-14', 'ann-16', 'cid-15']);
});

test('a lane that becomes ordered keeps contacts back whose deliveries are retried, the earliest alone', async () => {
  const { claim, record, retries } = await orderedLane('ann-9', 'ann-10', 'bob-11', 'ann-12');
  await claim(50, 'none');
  await record('ann-10', 'retry');
  await record('ann-9', 'retry');
  expect(await claim()).toEqual(['bob-11']);
  expect(await retries()).toEqual(['ann-9']);
  await record('ann-9', 'delivered', 'retries');
  expect(await claim()).toEqual(['ann-10', 'ann-12', 'bob-11']);
});

test('what is retried or held back expires with its event, and frees its contact', async () => {
  const { id, claim, record, summary } = await orderedLane('ann-1', 'ann-2', 'ann-8', 'bob-9');
  await record('ann-1', 'retry');
  await claim();
  await lanes.pause(id);
  expect(await lanes.expire([id], new Map([['inbox', '5-0']]), nowMs)).toBe(2);
  expect(await summary()).toMatchObject({ pending: 2, retrying: 0, expired: 2 });
  await lanes.resume(id, 'deliver', nowMs);
  expect(await claim()).toEqual(['ann-8', 'bob-9']);
});

test('a great deal that is retried is looked through by and by, and begun anew', async () => {
  const { id, names, summary } = await orderedLane();
  const refs = Array.from({ length: 250 }, (_, number) => ref(`-${number}`));
  // Those that are gone lie last.
  for (const [number, each] of refs.entries()) await redis.zadd(names.retries, -number, each);
  const starts = (start: number) => new Map([['inbox', `${start}-0`]]);
  const expired = [];
  for (let round = 0; round < 3; round += 1) {
    expired.push(await lanes.expire([id], starts(150), nowMs));
  }
  expect(expired).toEqual([0, 100, 50]);
  for (let round = 0; round < 3; round += 1) await lanes.expire([id], starts(250), nowMs);
  expect(await summary()).toMatchObject({ retrying: 0, expired: 250 });
});

test('a lane that was removed leaves nothing held', async () => {
  const { id, claim, record } = await orderedLane('ann-1', 'ann-2');
  await record('ann-1', 'retry');
  await claim();
  await lanes.remove(id);
  expect(await redis.keys(`{lane:${id}}:*`)).toEqual([]);
});
