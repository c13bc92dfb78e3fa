import type { ApiKeyId } from '#domain/api-key.ts';
import type { SubscriptionId } from '#domain/subscription.ts';

/**
 * Every key there is, besides BullMQ's own. What is in braces is the Redis Cluster hash tag: keys that one script touches
 * share one, but for those that it can do without (`alongside`).
 *
 * | key                        | type   | writer                  | readers            | lifetime                     |
 * | -------------------------- | ------ | ----------------------- | ------------------ | ---------------------------- |
 * | installation               | string | service start           | every process      | for ever; gone = Redis lost  |
 * | sources                    | hash   | api, service start      | poll, relay, api   | until deleted                |
 * | removed-sources            | set    | api, tend               | tend, api          | until its log is empty       |
 * | hints                      | hash   | api, service start      | api                | as the source                |
 * | {source:ID}:state          | hash   | commit, lease, relay    | poll, relay, api   | as the source                |
 * | {source:ID}:contacts:N     | hash   | commit                  | poll               | as the source                |
 * | {source:ID}:log            | stream | commit, api (test)      | relay, deliver, api| trimmed by age and count     |
 * | {source:ID}:ids            | hash   | commit, api (test)      | api                | as the log's entries         |
 * | {source:ID}:freshness      | hash   | poll                    | api                | 2 hours after its last poll  |
 * | {subscriptions}:documents  | hash   | api                     | relay, deliver, api| until deleted                |
 * | {subscriptions}:version    | string | api                     | poll, relay, deliver | for ever                   |
 * | {subscriptions}:leaving    | set    | api, tend               | tend               | until the lane is removed    |
 * | {keys}:documents           | hash   | api                     | api                | until revoked                |
 * | {keys}:last-uses           | hash   | api                     | api                | as the key                   |
 * | {keys}:rate:ID             | string | api                     | api                | a minute after its last use  |
 * | {lane:ID}:state            | hash   | api, relay, deliver     | all stages         | as the subscription          |
 * | {lane:ID}:marks            | hash   | relay                   | relay              | as the subscription          |
 * | {lane:ID}:tests            | list   | api                     | deliver            | until delivered or failed    |
 * | {lane:ID}:waiting          | list   | relay                   | deliver, api       | until first attempted        |
 * | {lane:ID}:retries          | zset   | deliver                 | deliver, api       | until delivered or failed    |
 * | {lane:ID}:held             | zset   | deliver                 | deliver, api       | until its contact is free    |
 * | {lane:ID}:blocked          | hash   | deliver                 | deliver            | as the retry of the contact  |
 * | {lane:ID}:notices          | list   | deliver                 | deliver            | until announced              |
 * | {lane:ID}:records          | hash   | deliver                 | deliver, api       | as the delivery it describes |
 * | {lane:ID}:delivered        | list   | deliver                 | api                | the latest 1,000             |
 * | {lane:ID}:failed           | zset   | deliver                 | api                | the retention                |
 * | {lane:ID}:expired          | zset   | deliver                 | api                | the retention                |
 * | {lane:ID}:skipped          | zset   | api (resume)            | api                | the retention                |
 * | {budget:HASH}:requests     | zset   | poll                    | poll, api          | a minute after its last use  |
 * | {budget:HASH}:pace         | hash   | poll                    | poll, api          | a minute after its last use  |
 * | {budget:HASH}:waiting      | zset   | poll                    | poll               | a minute after its last use  |
 * | idempotency:HASH           | hash   | api                     | api                | a day after the last try     |
 * | session:HASH               | string | dashboard (sign-in)     | dashboard          | 12 h after its last page     |
 * | pulse:N                    | hash   | poll, deliver           | api                | 3 hours                      |
 */
export const keys = {
  installation: 'installation',
  sources: 'sources',
  removedSources: 'removed-sources',
  hints: 'hints',
  subscriptions: {
    documents: '{subscriptions}:documents',
    version: '{subscriptions}:version',
    leaving: '{subscriptions}:leaving',
  },
  apiKeys: {
    documents: '{keys}:documents',
    lastUses: '{keys}:last-uses',
  },
} as const;

export interface SourceKeys {
  readonly state: string;
  readonly log: string;
  readonly ids: string;
  readonly freshness: string;
  contacts(bucket: number): string;
}

export function sourceKeys(sourceId: string): SourceKeys {
  const tag = `{source:${sourceId}}`;
  return {
    state: `${tag}:state`,
    log: `${tag}:log`,
    ids: `${tag}:ids`,
    freshness: `${tag}:freshness`,
    contacts: (bucket) => `${tag}:contacts:${bucket}`,
  };
}

export interface LaneKeys {
  readonly state: string;
  readonly marks: string;
  readonly tests: string;
  readonly waiting: string;
  readonly retries: string;
  readonly held: string;
  readonly blocked: string;
  readonly notices: string;
  readonly records: string;
  readonly delivered: string;
  readonly failed: string;
  readonly expired: string;
  readonly skipped: string;
}

export function laneKeys(id: SubscriptionId): LaneKeys {
  const tag = `{lane:${id}}`;
  return {
    state: `${tag}:state`,
    marks: `${tag}:marks`,
    tests: `${tag}:tests`,
    waiting: `${tag}:waiting`,
    retries: `${tag}:retries`,
    held: `${tag}:held`,
    blocked: `${tag}:blocked`,
    notices: `${tag}:notices`,
    records: `${tag}:records`,
    delivered: `${tag}:delivered`,
    failed: `${tag}:failed`,
    expired: `${tag}:expired`,
    skipped: `${tag}:skipped`,
  };
}

/** How much of its minute an API key has used. */
export function keyRateKey(id: ApiKeyId): string {
  return `{keys}:rate:${id}`;
}

/** `tokenHash` is a digest, so that no key names a token. */
export function budgetKeys(tokenHash: string): {
  readonly requests: string;
  readonly pace: string;
  readonly waiting: string;
} {
  const tag = `{budget:${tokenHash}}`;
  return { requests: `${tag}:requests`, pace: `${tag}:pace`, waiting: `${tag}:waiting` };
}

/** `entryHash` is a digest of who asked and under which name. */
export function idempotencyKey(entryHash: string): string {
  return `idempotency:${entryHash}`;
}

/** `tokenHash` is a digest, so that no key names a session's token. */
export function sessionKey(tokenHash: string): string {
  return `session:${tokenHash}`;
}

/** `minute` is counted from the epoch. */
export function pulseKey(minute: number): string {
  return `pulse:${minute}`;
}
