import type { ChangeEvent, EventId, EventType } from '#domain/change-event.ts';
import type { DeliveryRef } from '#domain/delivery.ts';
import { deliveryRef, parseDeliveryRef } from '#domain/delivery.ts';
import type { Connection } from './connection.ts';
import { sourceKeys } from './keys.ts';
import { type LogId, pastEveryLogId } from './log-id.ts';
import type { RecentBodies } from './recent-bodies.ts';

export interface LoggedEvent {
  readonly logId: LogId;
  readonly event: ChangeEvent;
}

/** Null wishes for nothing in particular. */
export interface EventWishes {
  readonly type: EventType | null;
  readonly contact: string | null;
}

/** An entry that was looked at; `event` null where it is not what was wished for. */
export interface SeenEvent {
  readonly logId: LogId;
  readonly event: ChangeEvent | null;
}

export interface RelayPosition {
  /** Raised when the log lost its tail, since ids may then come again. */
  readonly generation: number;
  readonly relayedUpTo: LogId;
  readonly end: LogId;
}

/** All that waits for the relay in a log. */
export interface LogTail {
  readonly position: RelayPosition;
  readonly events: readonly LoggedEvent[];
  /** At which version subscriptions stood when these were logged; null where they lie on another server. */
  readonly subscriptions: string | null;
}

export interface EventLog {
  readAfter(sourceId: string, after: LogId, count: number): Promise<LoggedEvent[]>;
  /** Oldest first, for who looks through much: nothing of it is kept for deliveries. */
  readBetween(sourceId: string, after: LogId, upTo: LogId, count: number): Promise<LoggedEvent[]>;
  /** Newest first, from just before `before` on; what is not wished for is mostly told without being opened. */
  readBefore(
    sourceId: string,
    before: LogId | null,
    count: number,
    wishes: EventWishes,
  ): Promise<SeenEvent[]>;
  /** The exact bytes of each event, null where the log no longer has it. */
  bodies(refs: readonly DeliveryRef[]): Promise<(Buffer | null)[]>;
  find(sourceId: string, eventId: EventId): Promise<LoggedEvent | null>;
  /** For events that no page caused. */
  append(sourceId: string, event: ChangeEvent): Promise<LogId>;
  /** The mark and the generation are the highest that lanes showed; none yet: the log's start and 0. */
  position(
    sourceId: string,
    highestLaneMark: LogId,
    highestLaneGeneration?: number,
  ): Promise<RelayPosition>;
  /** Moves the relay's mark on; never back. */
  markRelayed(sourceId: string, logId: LogId): Promise<void>;
  /** Redis's time, which log ids are made of; epoch ms. */
  now(): Promise<number>;
  /** Where the log begins; what lies before it is gone. Past everything where there is no log. */
  start(sourceId: string): Promise<LogId>;
  /** Drops what is too old or too much, at most `count` entries at a time; returns how many. */
  trim(sourceId: string, oldestMs: number, mostEvents: number, count: number): Promise<number>;
}

type Entry = [id: string, fields: string[]];

export function createEventLog(connection: Connection, recent: RecentBodies): EventLog {
  const { redis } = connection;
  return {
    async readAfter(sourceId, after, count) {
      const { log } = sourceKeys(sourceId);
      const entries = await redis.xrange(log, `(${after}`, '+', 'COUNT', count);
      // What is relayed here is mostly delivered here too, and soon.
      for (const [logId, fields] of entries) {
        const ref = deliveryRef(sourceId, logId, fields[1] as EventId, fields[5]);
        recent.keep(ref, Buffer.from(fields[7] ?? ''));
      }
      return entries.map(toLoggedEvent);
    },
    async readBetween(sourceId, after, upTo, count) {
      const { log } = sourceKeys(sourceId);
      return (await redis.xrange(log, `(${after}`, upTo, 'COUNT', count)).map(toLoggedEvent);
    },
    async readBefore(sourceId, before, count, wishes) {
      const { log } = sourceKeys(sourceId);
      const from = before === null ? '+' : `(${before}`;
      const entries = await redis.xrevrange(log, from, '-', 'COUNT', count);
      return entries.map((entry) => toSeenEvent(entry, wishes));
    },
    bodies: (refs) => readBodies(connection, recent, refs),
    async find(sourceId, eventId) {
      const { ids, log } = sourceKeys(sourceId);
      const logId = await redis.hget(ids, eventId);
      if (logId === null) return null;
      const [entry] = await redis.xrange(log, logId, logId);
      return entry === undefined ? null : toLoggedEvent(entry);
    },
    async append(sourceId, event) {
      const { log, ids } = sourceKeys(sourceId);
      const args = [event.id, event.type, JSON.stringify(event)];
      return String(await connection.run('append-event', { keys: [log, ids], args }));
    },
    async position(sourceId, highestLaneMark, highestLaneGeneration = 0) {
      const { state, log } = sourceKeys(sourceId);
      const call = { keys: [state, log], args: [highestLaneMark, highestLaneGeneration] };
      const reply = await connection.run('relay-position', call);
      const [generation, relayedUpTo, end] = reply as [string, LogId, LogId];
      return { generation: Number(generation), relayedUpTo, end };
    },
    async markRelayed(sourceId, logId) {
      const call = { keys: [sourceKeys(sourceId).state], args: [logId] };
      await connection.run('mark-relayed', call);
    },
    async now() {
      const [seconds, microseconds] = await redis.time();
      return Number(seconds) * 1000 + Math.floor(Number(microseconds) / 1000);
    },
    async start(sourceId) {
      const call = { keys: [sourceKeys(sourceId).log], args: [] };
      return String(await connection.run('log-start', call)) || pastEveryLogId;
    },
    async trim(sourceId, oldestMs, mostEvents, count) {
      const { log, ids } = sourceKeys(sourceId);
      // Retention may be a fraction of an hour; stream ids are whole, and nothing comes before the first.
      const args = [`${Math.max(1, Math.floor(oldestMs))}-0`, mostEvents, count];
      return Number(await connection.run('trim-log', { keys: [log, ids], args }));
    },
  };
}

function toLoggedEvent([logId, fields]: Entry): LoggedEvent {
  return { logId, event: JSON.parse(fields[7] ?? '') as ChangeEvent };
}

function toSeenEvent([logId, fields]: Entry, { type, contact }: EventWishes): SeenEvent {
  const [, , , ofType, , ofContact = ''] = fields;
  const isUnwanted =
    (type !== null && type !== ofType) ||
    (contact !== null && ofContact !== '' && contact !== ofContact);
  if (isUnwanted) return { logId, event: null };
  const { event } = toLoggedEvent([logId, fields]);
  // Not every entry names its contact.
  return { logId, event: contact === null || event.data.contact?._id === contact ? event : null };
}

/** One call for each source: a lane's events mostly come from few. */
async function readBodies(
  connection: Connection,
  recent: RecentBodies,
  refs: readonly DeliveryRef[],
): Promise<(Buffer | null)[]> {
  const bodies = refs.map((ref) => recent.find(ref));
  if (!bodies.includes(null)) return bodies;
  const places = refs.map((ref, index) => ({ ...parseDeliveryRef(ref), ref, index }));
  const missing = places.filter(({ index }) => bodies[index] === null);
  const bySource = Map.groupBy(missing, ({ source }) => source);
  const readings = [...bySource].map(async ([source, wanted]) => {
    const call = {
      keys: [sourceKeys(source).log],
      args: wanted.flatMap(({ logId, eventId }) => [logId, eventId]),
    };
    const found = (await connection.runForBytes('read-bodies', call)) as (Buffer | null)[];
    for (const [at, { ref, index }] of wanted.entries()) {
      const body = found[at] ?? null;
      bodies[index] = body;
      if (body !== null) recent.keep(ref, body);
    }
  });
  await Promise.all(readings);
  return bodies;
}
