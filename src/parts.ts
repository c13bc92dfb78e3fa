import { randomBytes } from 'node:crypto';
import { createInbox, type Inbox } from '#inbox/client.ts';
import { createSchedules, type Schedules } from '#queues/schedules.ts';
import { createWakes, type Wakes } from '#queues/wakes.ts';
import { type Budget, createBudget } from '#store/budget.ts';
import type { Connection } from '#store/connection.ts';
import { openStore, type Store } from '#store/open-store.ts';
import { createSeal } from '#store/sealed.ts';
import { type AddressGuard, createAddressGuard } from '#webhook/address-guard.ts';
import { createSender, type Sender } from '#webhook/send.ts';
import type { Config } from './config.ts';

/** All that is alive besides the connection, as the stages are handed it; tests put wrappers in their place. */
export interface Parts extends Store {
  /** Hears of what goes wrong between here and Redis. */
  readonly onRedisError: (error: Error) => void;
  readonly inbox: Inbox;
  readonly sender: Sender;
  readonly guard: AddressGuard;
  readonly budget: Budget;
  readonly wakes: Wakes;
  readonly schedules: Schedules;
}

export function createParts(
  config: Config,
  connection: Connection,
  onRedisError: (error: Error) => void,
  version: string,
): Parts {
  const now = Date.now;
  const seal = createSeal(config.encryptionKeys, randomBytes);
  const guard = createAddressGuard(config.delivery.allowedNetworks);
  const wakes = createWakes(connection.redis, onRedisError);
  const userAgent = `inbox-notifier/${version}`;
  return {
    ...openStore(connection, seal, newId),
    onRedisError,
    inbox: createInbox({ timeoutMs: config.inbox.timeoutMs, now }),
    sender: createSender({ guard, timeoutMs: config.delivery.timeoutMs, now, userAgent }),
    guard,
    budget: createBudget(connection, newId),
    wakes,
    schedules: createSchedules(wakes, config.poll.intervalMs, now),
  };
}

/** 128 random bits, safe in a URL. */
export function newId(): string {
  return randomBytes(16).toString('base64url');
}
