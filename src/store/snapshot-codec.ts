import type { Presence, Snapshot, Watched } from '#domain/contact.ts';
import type { DetailName } from '#domain/contact-details.ts';
import {
  type Cursor,
  put16,
  put24,
  put40,
  put48,
  take16,
  take24,
  take40,
  take48,
} from './packed-numbers.ts';

/**
 * Packed so that a contact costs about 80 bytes all told and its bucket stays a listpack (a value of over 64 bytes turns
 * it into a hash table): version, 3 bytes of flags, 1 of status, the creation, then what the flags name, in the order of
 * the flags. Times are ms, in 5 bytes from the creation on, or in 6 from 1970 where those do not reach (17 years).
 */
const version = 2;
const statusOffset = 4;
const partsOffset = 5;

const presences: readonly Presence[] = ['listed', 'left', 'deleted'];
/** One byte counts these from 1; 0 says that the text of another stands at the end. */
const shortStatuses = ['OPEN', 'INPROGRESS', 'REVIEW', 'ONHOLD', 'DEPENDANCY', 'CLOSED', 'DELETED'];
/** Each takes 3 bytes where it is not empty; the other details are flags only. */
const digestNames = [
  'name',
  'email',
  'phone',
  'tags',
  'segments',
  'attributes',
  'hasOrdered',
] as const satisfies readonly DetailName[];

const presenceMask = 0b11;
/** The creation lies in the second that the contact's id begins with: 2 bytes instead of 6. */
const createdById = 1 << 2;
const wideTimes = 1 << 3;
/** Absent where the sequence is still that of the first sight. */
const hasSequence = 1 << 4;
const hasUpdatedAt = 1 << 5;
const hasUserMessage = 1 << 6;
/** The first of as many as there are digests. */
const hasDigest = 1 << 7;
const agentIsObjectId = 1 << 14;
const agentIsText = 1 << 15;
const isWatched = 1 << 16;
const liveChatActive = 1 << 17;
const isSubscriber = 1 << 18;
const isUserBlocked = 1 << 19;

/** `contactId` is the one that the snapshot is kept under: most of the creation stands there already. */
export function packSnapshot(snapshot: Snapshot, contactId: string): Buffer {
  const { createdAtMs, watched } = snapshot;
  const times = timesOf(snapshot);
  const flags = flagsOf(snapshot, times, contactId);
  const shortStatus = shortStatuses.indexOf(snapshot.status) + 1;
  const longStatus = shortStatus === 0 ? snapshot.status : '';
  const agentText = flags & agentIsText ? (watched?.agent ?? '') : '';
  const textLength = Buffer.byteLength(agentText) + Buffer.byteLength(longStatus);
  const bytes = Buffer.allocUnsafe(fixedLength(flags) + textLength);
  bytes[0] = version;
  put24(bytes, 1, flags);
  bytes[statusOffset] = shortStatus;
  let at = partsOffset;
  if (flags & createdById) at = put16(bytes, at, createdAtMs % 1000);
  else at = put48(bytes, at, createdAtMs);
  for (const timeMs of times) {
    if (flags & wideTimes) at = put48(bytes, at, timeMs);
    else at = put40(bytes, at, timeMs - createdAtMs + narrowZero);
  }
  if (watched !== null) at = putWatched(bytes, at, watched, flags);
  if (shortStatus === 0) bytes.write(longStatus, at);
  return bytes;
}

function putWatched(bytes: Buffer, start: number, watched: Watched, flags: number): number {
  const agent = watched.agent ?? '';
  let at = start;
  for (const name of digestNames) {
    const digest = watched.details[name];
    if (digest !== 0) at = put24(bytes, at, digest);
  }
  if (flags & agentIsObjectId) return at + bytes.write(agent, at, 'hex');
  if (flags & agentIsText) {
    const length = bytes.write(agent, at + 2);
    return put16(bytes, at, length) + length;
  }
  return at;
}

/** The one that is always there, then those that the flags name. */
function timesOf({ observedAtMs, sequence, createdAtMs, updatedAtMs, watched }: Snapshot) {
  const times = [observedAtMs];
  if (sequence !== createdAtMs) times.push(sequence);
  if (updatedAtMs !== null) times.push(updatedAtMs);
  if (watched !== null && watched.userMessageAtMs !== null) times.push(watched.userMessageAtMs);
  return times;
}

/** What 5 bytes hold for the creation itself, so that they reach as far back as forth. */
const narrowZero = 2 ** 39;

function flagsOf(snapshot: Snapshot, times: readonly number[], contactId: string): number {
  const { createdAtMs, watched } = snapshot;
  let flags = presences.indexOf(snapshot.presence);
  if (createdAtMs - (createdAtMs % 1000) === secondOfId(contactId)) flags |= createdById;
  for (const timeMs of times) {
    if (Math.abs(timeMs - createdAtMs) >= narrowZero) flags |= wideTimes;
  }
  if (snapshot.sequence !== createdAtMs) flags |= hasSequence;
  if (snapshot.updatedAtMs !== null) flags |= hasUpdatedAt;
  return watched === null ? flags : flags | flagsOfWatched(watched);
}

function flagsOfWatched(watched: Watched): number {
  const { agent, details } = watched;
  let flags = isWatched;
  if (watched.userMessageAtMs !== null) flags |= hasUserMessage;
  if (agent !== null) flags |= objectId.test(agent) ? agentIsObjectId : agentIsText;
  if (watched.isLiveChatActive) flags |= liveChatActive;
  if (details.isSubscriber !== 0) flags |= isSubscriber;
  if (details.isUserBlocked !== 0) flags |= isUserBlocked;
  let digestFlag = hasDigest;
  for (const name of digestNames) {
    if (details[name] !== 0) flags |= digestFlag;
    digestFlag <<= 1;
  }
  return flags;
}

/** Of everything but texts. */
function fixedLength(flags: number): number {
  const times = 1 + bitsIn(flags & (hasSequence | hasUpdatedAt | hasUserMessage));
  const digests = bitsIn(flags & (agentIsObjectId - hasDigest));
  const createdLength = flags & createdById ? 2 : 6;
  const agentLength = flags & agentIsObjectId ? 12 : flags & agentIsText ? 2 : 0;
  const timeLength = flags & wideTimes ? 6 : 5;
  return partsOffset + createdLength + times * timeLength + digests * 3 + agentLength;
}

function bitsIn(flags: number): number {
  let count = 0;
  for (let rest = flags; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}

/** `contactId` is the one that the snapshot is kept under, as when it was packed. */
export function unpackSnapshot(bytes: Buffer, contactId: string): Snapshot {
  if (bytes[0] === 1) return unpackFirstVersion(bytes);
  const flags = bytes.length < partsOffset ? 0 : take24({ bytes, at: 1 });
  if (bytes[0] !== version || bytes.length < fixedLength(flags)) {
    throw new SnapshotFormatError(bytes);
  }
  const from: Cursor = { bytes, at: partsOffset };
  const createdAtMs =
    flags & createdById ? (secondOfId(contactId) ?? 0) + take16(from) : take48(from);
  const takeTime = () =>
    flags & wideTimes ? take48(from) : createdAtMs + take40(from) - narrowZero;
  const observedAtMs = takeTime();
  const sequence = flags & hasSequence ? takeTime() : createdAtMs;
  const updatedAtMs = flags & hasUpdatedAt ? takeTime() : null;
  const userMessageAtMs = flags & hasUserMessage ? takeTime() : null;
  const watched = flags & isWatched ? takeWatched(from, flags, userMessageAtMs) : null;
  const shortStatus = shortStatuses[(bytes[statusOffset] ?? 0) - 1];
  return {
    status: shortStatus ?? bytes.toString('utf8', from.at),
    sequence,
    createdAtMs,
    updatedAtMs,
    observedAtMs,
    presence: presences[flags & presenceMask] ?? 'listed',
    watched,
  };
}

function takeWatched(from: Cursor, flags: number, userMessageAtMs: number | null): Watched {
  const takeDigest = (index: number) => (flags & (hasDigest << index) ? take24(from) : 0);
  const details = {
    name: takeDigest(0),
    email: takeDigest(1),
    phone: takeDigest(2),
    tags: takeDigest(3),
    segments: takeDigest(4),
    attributes: takeDigest(5),
    hasOrdered: takeDigest(6),
    isSubscriber: flags & isSubscriber ? 1 : 0,
    isUserBlocked: flags & isUserBlocked ? 1 : 0,
  };
  const agent = takeAgent(from, flags);
  return { agent, isLiveChatActive: (flags & liveChatActive) !== 0, userMessageAtMs, details };
}

function takeAgent(from: Cursor, flags: number): string | null {
  if ((flags & (agentIsObjectId | agentIsText)) === 0) return null;
  const length = flags & agentIsObjectId ? 12 : take16(from);
  const start = from.at;
  from.at += length;
  return from.bytes.toString(flags & agentIsObjectId ? 'hex' : 'utf8', start, from.at);
}

const firstVersionStatusOffset = 25;

/** It watched the status only: sequence, creation, update (0 = none) and observation in 6 bytes each, then its text. */
function unpackFirstVersion(bytes: Buffer): Snapshot {
  if (bytes.length < firstVersionStatusOffset) throw new SnapshotFormatError(bytes);
  return {
    sequence: bytes.readUIntBE(1, 6),
    createdAtMs: bytes.readUIntBE(7, 6),
    updatedAtMs: bytes.readUIntBE(13, 6) || null,
    observedAtMs: bytes.readUIntBE(19, 6),
    status: bytes.toString('utf8', firstVersionStatusOffset),
    presence: 'listed',
    watched: null,
  };
}

/** Thrown rather than repaired: this version must not overwrite what a newer one wrote. */
class SnapshotFormatError extends Error {
  override readonly name = 'SnapshotFormatError' as const;
  constructor(bytes: Buffer) {
    super(
      `A snapshot in Redis has format ${bytes[0]} and ${bytes.length} bytes, which this version (${version}) does not read.`,
    );
  }
}

const objectId = /^[0-9a-f]{24}$/;

/** The second in which an ObjectId was made, in ms; null for any other id. */
function secondOfId(id: string): number | null {
  return objectId.test(id) ? Number.parseInt(id.slice(0, 8), 16) * 1000 : null;
}
