import { randomBytes, randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { afterAll } from 'vitest';
import type { ChangeEvent, EventId } from '#domain/change-event.ts';
import type { Subscription, SubscriptionId } from '#domain/subscription.ts';
import { type Connection, connect } from '#store/connection.ts';
import type { LaneHealth } from '#store/lane-health.ts';
import { openStore as openStoreOf, type Store } from '#store/open-store.ts';
import { createSeal } from '#store/sealed.ts';
import { freshRedisUrl } from './redis.ts';

export const silentLog = pino({ level: 'silent' });
const encryptionKey = Buffer.alloc(32, 7);

/** A connection to an empty database, closed when the test file ends. */
export async function openConnection(url?: string): Promise<Connection> {
  const target = { kind: 'single', url: url ?? (await freshRedisUrl()) } as const;
  const connection = connect(target, () => {});
  afterAll(() => connection.close());
  return connection;
}

/** The store over one connection, with a key of the tests' own. */
export function openStore(connection: Connection): Store {
  return openStoreOf(connection, createSeal([encryptionKey], randomBytes), randomUUID);
}

export const secret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;

export function makeSubscription(
  id: SubscriptionId,
  changes: Partial<Subscription> = {},
): Subscription {
  const at = '2026-06-12T10:00:00.000Z';
  return {
    id,
    url: 'http://127.0.0.1:9/hook',
    events: ['contact.created', 'contact.status_changed'],
    format: 'standard',
    headers: {},
    ordering: 'none',
    maxInFlight: 8,
    secrets: [{ value: secret, until: null }],
    createdAt: at,
    updatedAt: at,
    ...changes,
  };
}

/** A subscription with its lane, as the API makes them. */
export async function subscribe(store: Store, subscription: Subscription): Promise<void> {
  await store.lanes.create(subscription.id, new Map());
  await store.subscriptions.create(subscription);
}

export function makeEvent(number: number, source = 'default'): ChangeEvent {
  const id: EventId = `evt_${String(number).padStart(22, '0')}`;
  const contact = { _id: `contact-${number}`, status: 'OPEN' };
  return {
    id,
    type: 'contact.created',
    timestamp: '2026-06-12T10:00:00.000Z',
    data: { source, sequence: number, contact, reason: 'new' },
  };
}

/** Of a lane that was never in trouble. */
export const healthy: LaneHealth = {
  failures: 0,
  unreachable: 0,
  holdUntilMs: 0,
  probeByMs: 0,
  failingSinceMs: 0,
  warnedPercent: 0,
  resumes: 0,
};
