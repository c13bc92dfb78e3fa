import { z } from 'zod';

import type { Contact } from '#domain/contact.ts';

type ParsedPage =
  | {
      readonly kind: 'page';
      readonly contacts: readonly Contact[];
      /** All records on the page, good and bad. */
      readonly recordCount: number;
      readonly rejectedCount: number;
    }
  | { readonly kind: 'unsuccessful' }
  | { readonly kind: 'malformed' };

const unsuccessfulPage = z.object({ success: z.literal(false) });
const successfulPage = z.object({ data: z.array(z.unknown()) });

/** Tells the inbox's `success: false` from an answer that is not the inbox's at all. `body` is what JSON.parse made. */
export function parsePage(body: unknown): ParsedPage {
  if (unsuccessfulPage.safeParse(body).success) return { kind: 'unsuccessful' };
  const parsed = successfulPage.safeParse(body);
  if (!parsed.success) return { kind: 'malformed' };
  const records = parsed.data.data;
  const contacts = records.flatMap((record) => parseContact(record) ?? []);
  const rejectedCount = records.length - contacts.length;
  return { kind: 'page', contacts, recordCount: records.length, rejectedCount };
}

/** What a record cannot do without. */
const neededFields = z.object({ _id: z.string().min(1), status: z.string().min(1) });

/** One record of a page; null when it has no `_id`, no `status`, or nothing that tells when it was created. */
function parseContact(record: unknown): Contact | null {
  const parsed = neededFields.safeParse(record);
  if (!parsed.success) return null;
  const { _id: id, status } = parsed.data;
  // The very object that was parsed, not zod's copy of it: subscribers get every field, known or not.
  const fields = record as Record<string, unknown>;
  const createdAtMs = readTimeMs(fields.createdAt) ?? objectIdTimeMs(id);
  if (createdAtMs === null) return null;
  // Half a character, as of a text that was cut, could not be stored and would look like a change every time.
  const wellFormed = status.toWellFormed();
  return { id, status: wellFormed, createdAtMs, ...readWatched(fields), record: fields };
}

/**
 * The parts that may be missing or odd without costing the record: then they count as empty. Read by hand and not by
 * zod, since every record of every page comes this way.
 */
function readWatched(record: Readonly<Record<string, unknown>>) {
  const { _agentAssigned: agent, segments, hasOrdered, isSubscriber, isUserBlocked } = record;
  const { by, at } = fieldsOf(record.lastMessage);
  const { name, contact, tags, attributes } = fieldsOf(fieldsOf(record.profile).userDetails);
  const { email, phone } = fieldsOf(contact);
  return {
    updatedAtMs: readTimeMs(record.updatedAt),
    lastSeenAtMs: readTimeMs(record.lastSeenAt),
    isImported: record.isImported === true,
    agent: typeof agent === 'string' && agent !== '' ? agent : null,
    isLiveChatActive: record.isLiveChatActive === true,
    userMessageAtMs: by === 'user' ? readTimeMs(at) : null,
    details: {
      name,
      email,
      phone,
      tags,
      segments,
      attributes,
      hasOrdered,
      isSubscriber,
      isUserBlocked,
    },
  };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

const isoTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?$/;
/** Of a text that is such a time; its date ends like one (`-12`), but the hour follows. */
const zone = /(?:Z|[+-]\d{2}:?\d{2})$/;

/**
 * ISO 8601 as epoch ms, null for anything else (`Date.parse` alone reads a year into "page 1"). The inbox documents UTC; a
 * time without a zone is read as such and not in the zone of the machine this runs on. A time before 1970 is no time of an
 * inbox but an empty one in some program's notation.
 */
function readTimeMs(value: unknown): number | null {
  if (typeof value !== 'string' || !isoTime.test(value)) return null;
  const parsedMs = Date.parse(zone.test(value) ? value : `${value}Z`);
  return parsedMs >= 0 ? parsedMs : null;
}

/** The first four bytes of a MongoDB ObjectId are the second of its creation. */
function objectIdTimeMs(id: string): number | null {
  return /^[0-9a-f]{24}$/i.test(id) ? Number.parseInt(id.slice(0, 8), 16) * 1000 : null;
}

const said = z.union([z.string(), z.array(z.string()).transform((lines) => lines.join(', '))]);
const failure = z.object({
  error: z.union([z.object({ message: said }).transform(({ message }) => message), said]).catch(''),
  message: said.catch(''),
});

/** What the inbox itself says of a failure: as documented (`error.message`), else `error` or `message`; `''` when nothing. */
export function failureMessage(body: unknown): string {
  const { data } = failure.safeParse(body);
  return data?.error || data?.message || '';
}
