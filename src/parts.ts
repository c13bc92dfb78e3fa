import { randomBytes } from 'node:crypto';
import { createInbox, type Inbox } from '#inbox/client.ts';
import { createWakes, type Wakes } from '#queues/wakes.ts';
import { type Budget, createBudget } from '#store/budget.ts';
import type { Connection } from '#store/connection.ts';
import { type Contacts, createContacts } from '#store/contacts.ts';
import { createDeliveries, type Deliveries } from '#store/deliveries.ts';
import { createEventLog, type EventLog } from '#store/event-log.ts';
import { createLaneWork, type LaneWork } from '#store/lane-work.ts';
import { createLanes, type Lanes } from '#store/lanes.ts';
import { createLeases } from '#store/leases.ts';
import { createSeal } from '#store/sealed.ts';
import { createSourceLeases, type SourceLeases } from '#store/source-state.ts';
import { createSources, type Sources } from '#store/sources.ts';
import { createSubscriptions, type Subscriptions } from '#store/subscriptions.ts';
import { type AddressGuard, createAddressGuard } from '#webhook/address-guard.ts';
import { createSender, type Sender } from '#webhook/send.ts';
import type { Config } from './config.ts';
import type { Log } from './log.ts';

/** All that is alive besides the connection, as the stages are handed it; tests put wrappers in their place. */
export interface Parts {
  readonly inbox: Inbox;
  readonly sender: Sender;
  readonly guard: AddressGuard;
  readonly budget: Budget;
  readonly contacts: Contacts;
  readonly deliveries: Deliveries;
  readonly eventLog: EventLog;
  readonly lanes: Lanes;
  readonly laneWork: LaneWork;
  readonly sourceLeases: SourceLeases;
  readonly sources: Sources;
  readonly subscriptions: Subscriptions;
  readonly wakes: Wakes;
}

export function createParts(
  config: Config,
  connection: Connection,
  log: Log,
  version: string,
): Parts {
  const now = Date.now;
  const seal = createSeal(config.encryptionKeys, randomBytes);
  const leases = createLeases(connection);
  const guard = createAddressGuard(config.delivery.allowedNetworks);
  const userAgent = `inbox-notifier/${version}`;
  return {
    inbox: createInbox({ timeoutMs: config.inbox.timeoutMs, now }),
    sender: createSender({ guard, timeoutMs: config.delivery.timeoutMs, now, userAgent }),
    guard,
    budget: createBudget(connection, newId),
    contacts: createContacts(connection),
    deliveries: createDeliveries(connection),
    eventLog: createEventLog(connection),
    lanes: createLanes(connection),
    laneWork: createLaneWork(connection, leases),
    sourceLeases: createSourceLeases(leases),
    sources: createSources(connection, seal),
    subscriptions: createSubscriptions(connection, seal),
    wakes: createWakes(connection.redis, (error) => log.warn({ err: error }, 'queue.failed')),
  };
}

/** 128 random bits, safe in a URL. */
export function newId(): string {
  return randomBytes(16).toString('base64url');
}
