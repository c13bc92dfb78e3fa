import type { DeliveryRef } from '#domain/delivery.ts';
import type { DisabledReason, SubscriptionId } from '#domain/subscription.ts';
import { laneKeys } from '#store/keys.ts';
import type { LaneHealth } from '#store/lane-health.ts';
import type { LaneOutcome } from '#store/lane-work.ts';
import { readHealth } from './lane-health.ts';
import { healthy, openConnection, openStore } from './stage.ts';

export const connection = await openConnection();
export const { lanes, laneWork, deliveries } = openStore(connection);
export const { redis } = connection;
export const health = (id: SubscriptionId) => readHealth(connection, id);
let created = 0;
export const nowMs = 100_000;
export const plain = { ordering: 'none', pace: null } as const;

export const ref = (name: string): DeliveryRef => `inbox 1-0 evt_${name}`;
const attempt = { at: '2026-06-12T10:00:00.000Z', durationMs: 5, statusCode: 500 };

/** A lane with these deliveries, and its holder. */
export async function heldLane(
  content: {
    tests?: string[];
    waiting?: string[];
    /** Name and due time. */
    retries?: Record<string, number>;
    state?: Record<string, string | number>;
  } = {},
) {
  created += 1;
  const id: SubscriptionId = `sub_${created}`;
  const names = laneKeys(id);
  await lanes.create(id, new Map());
  for (const name of content.tests ?? []) await lanes.pushTest(id, ref(name));
  for (const name of content.waiting ?? []) await redis.rpush(names.waiting, ref(name));
  for (const [name, dueMs] of Object.entries(content.retries ?? {})) {
    await redis.zadd(names.retries, dueMs, ref(name));
    await redis.hset(names.records, ref(name), JSON.stringify({ attempts: [attempt] }));
  }
  if (content.state) await redis.hset(names.state, content.state);
  const grant = await laneWork.acquire(id);
  if (grant.kind !== 'acquired') throw new Error('The lease of a new lane is free.');
  const { epoch } = grant;
  return {
    id,
    names,
    /** What may be sent now, each as its origin, name and attempts so far. */
    async claim(most = 10, atMs = nowMs) {
      const claim = await laneWork.claim(id, epoch, { ...plain, nowMs: atMs, most });
      if (claim.kind === 'fenced') throw new Error('The lane is ours.');
      const found = claim.deliveries.map((delivery) => {
        const name = delivery.ref.slice(ref('').length);
        return `${delivery.origin} ${name} ${delivery.attempts.length}`;
      });
      return { found, nextDueMs: claim.nextDueMs };
    },
    record: (
      outcomes: LaneOutcome[],
      changes: Partial<LaneHealth> = {},
      disable: DisabledReason | null = null,
    ) =>
      laneWork.record(id, epoch, nowMs, {
        outcomes,
        health: { ...healthy, ...changes },
        disable,
        notices: [],
      }),
    counts: async () => (await lanes.summarize([id]))[0]?.counts,
  };
}

export function outcome(
  origin: LaneOutcome['origin'],
  name: string,
  kind: LaneOutcome['kind'],
  dueMs: number | null = null,
): LaneOutcome {
  return { origin, ref: ref(name), kind, dueMs, attempts: [attempt], scheduled: 1 };
}
