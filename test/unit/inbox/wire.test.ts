import fc from 'fast-check';
import { expect, test } from 'vitest';

import type { Contact } from '#domain/contact.ts';
import { parsePage } from '#inbox/wire.ts';

const objectId = '6a2bbfbe1a0899b1ad04bf58';
const objectIdTimeMs = Date.UTC(2026, 5, 12, 8, 13, 50);

const isoDate = fc
  .date({ min: new Date('2000-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString());

/** A record as an inbox might send it: the fields that matter, and any others of any shape. */
const goodRecord = fc
  .tuple(
    fc.dictionary(fc.string(), fc.jsonValue()),
    fc.record({
      _id: fc.string({ minLength: 1 }),
      status: fc.string({ minLength: 1 }),
      createdAt: isoDate,
    }),
  )
  .map(([others, needed]) => ({ ...others, ...needed }));

/** Anything JSON can say that lacks what a record needs. */
const badRecord = fc.jsonValue().filter((value) => Object(value)._id === undefined);

test('every good record of a page is kept as it came, in order, whatever lies between', () => {
  const mixed = fc.array(fc.oneof(goodRecord, badRecord));
  fc.assert(
    fc.property(mixed, (records) => {
      const data: unknown[] = JSON.parse(JSON.stringify(records));
      const good = data.filter((record) => Object(record)._id !== undefined);
      const parsed = parsePage({ success: true, data });
      expect(parsed).toMatchObject({
        kind: 'page',
        recordCount: data.length,
        rejectedCount: data.length - good.length,
      });
      const contacts = parsed.kind === 'page' ? parsed.contacts : [];
      expect(contacts.map(({ record }) => record)).toEqual(good);
      expect(contacts.every(({ record }, index) => record === good[index])).toBe(true);
    }),
  );
});

test('whatever the inbox sends, it is understood or named, never thrown on', () => {
  const anything = fc.oneof(fc.jsonValue(), fc.record({ data: fc.jsonValue() }));
  fc.assert(
    fc.property(anything, (body) => {
      expect(['page', 'unsuccessful', 'malformed']).toContain(parsePage(body).kind);
    }),
  );
});

test('any status of at least one character is kept unchanged', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, unit: 'binary' }), (status) => {
      expect(contactOf({ _id: objectId, status })?.status).toBe(status);
    }),
  );
});

test('half a character in a status becomes what it can be stored as', () => {
  expect(contactOf({ _id: objectId, status: 'Cut \ud83d' })?.status).toBe('Cut \ufffd');
});

test.each([
  ['no object', 'a contact'],
  ['null', null],
  ['no _id', { status: 'OPEN', createdAt: '2026-06-12T08:13:50.362Z' }],
  ['an empty _id', { _id: '', status: 'OPEN', createdAt: '2026-06-12T08:13:50.362Z' }],
  ['a numeric _id', { _id: 7, status: 'OPEN', createdAt: '2026-06-12T08:13:50.362Z' }],
  ['no status', { _id: objectId }],
  ['an empty status', { _id: objectId, status: '' }],
  ['a numeric status', { _id: objectId, status: 1 }],
  ['an unreadable createdAt and no ObjectId', { _id: 'c-1', status: 'OPEN', createdAt: 'May 1' }],
])('a record with %s is counted and skipped', (_name, record) => {
  const good = { _id: objectId, status: 'OPEN' };
  expect(parsePage({ data: [record, good] })).toMatchObject({
    kind: 'page',
    recordCount: 2,
    rejectedCount: 1,
    contacts: [{ id: objectId }],
  });
});

test('a record needs no more than an ObjectId and a status', () => {
  const record = { _id: objectId, status: 'OPEN' };
  expect(contactOf(record)).toEqual({
    id: objectId,
    status: 'OPEN',
    createdAtMs: objectIdTimeMs,
    updatedAtMs: null,
    lastSeenAtMs: null,
    isImported: false,
    agent: null,
    isLiveChatActive: false,
    userMessageAtMs: null,
    details: {},
    record,
  });
});

test('what is watched is read from where the documentation has it', () => {
  const record = {
    _id: objectId,
    status: 'OPEN',
    _agentAssigned: '5fed38e56fb193dcc6c933f5',
    isLiveChatActive: true,
    lastMessage: { at: '2026-06-12T08:13:52.369Z', text: 'Hi', by: 'user' },
    segments: ['s-1'],
    hasOrdered: { status: true, lastAt: '2026-06-11T00:00:00.000Z' },
    isSubscriber: true,
    isUserBlocked: false,
    profile: {
      userDetails: {
        name: 'Ada',
        contact: { email: 'ada@example.com', phone: { number: '1', prefix: '+44' } },
        tags: ['vip'],
        attributes: [{ key: 'size', value: 'L' }],
      },
    },
  };
  expect(contactOf(record)).toMatchObject({
    agent: '5fed38e56fb193dcc6c933f5',
    isLiveChatActive: true,
    userMessageAtMs: Date.UTC(2026, 5, 12, 8, 13, 52, 369),
    details: {
      name: 'Ada',
      email: 'ada@example.com',
      phone: { number: '1', prefix: '+44' },
      tags: ['vip'],
      segments: ['s-1'],
      attributes: [{ key: 'size', value: 'L' }],
      hasOrdered: { status: true, lastAt: '2026-06-11T00:00:00.000Z' },
      isSubscriber: true,
      isUserBlocked: false,
    },
  });
});

test.each(['bot', 'agent', 'USER', 7, null, undefined])(
  'a message by %j is none of the visitor',
  (by) => {
    const lastMessage = { at: '2026-06-12T08:13:52.369Z', by };
    const contact = contactOf({ _id: objectId, status: 'OPEN', lastMessage });
    expect(contact?.userMessageAtMs).toBeNull();
  },
);

test('whatever stands in the watched fields, it costs no record', () => {
  const odd = fc.record(
    {
      _agentAssigned: fc.jsonValue(),
      isLiveChatActive: fc.jsonValue(),
      lastMessage: fc.oneof(
        fc.jsonValue(),
        fc.record({ by: fc.constant('user'), at: fc.jsonValue() }),
      ),
      profile: fc.oneof(fc.jsonValue(), fc.record({ userDetails: fc.jsonValue() })),
      segments: fc.jsonValue(),
      hasOrdered: fc.jsonValue(),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(odd, (fields) => {
      const contact = contactOf({ _id: objectId, status: 'OPEN', ...fields });
      const { _agentAssigned: agent } = fields;
      expect(contact?.agent).toBe(typeof agent === 'string' && agent !== '' ? agent : null);
      expect(contact?.isLiveChatActive).toBe(fields.isLiveChatActive === true);
    }),
  );
});

test('createdAt wins over the time in the ObjectId, however far they differ', () => {
  const createdAt = '2023-02-01T05:59:03.001Z';
  expect(createdAtOf(createdAt)).toBe(Date.UTC(2023, 1, 1, 5, 59, 3, 1));
});

test.each([
  ['2026-06-12T08:13:50.362Z', Date.UTC(2026, 5, 12, 8, 13, 50, 362)],
  ['2026-06-12T08:13:50Z', Date.UTC(2026, 5, 12, 8, 13, 50)],
  ['2026-06-12T10:13:50+02:00', Date.UTC(2026, 5, 12, 8, 13, 50)],
  ['2026-06-12T08:13:50.362', Date.UTC(2026, 5, 12, 8, 13, 50, 362)],
  ['2026-06-12T08:13', Date.UTC(2026, 5, 12, 8, 13)],
])('the time %s is read in UTC, whatever zone this machine is in', (text, expectedMs) => {
  const zone = process.env.TZ;
  process.env.TZ = 'Pacific/Auckland';
  try {
    expect(createdAtOf(text)).toBe(expectedMs);
  } finally {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  }
});

test.each([
  '',
  'page 1',
  '2026',
  '2026-13-45T99:99:99Z',
  '12 June 2026',
  0,
  1781252030362,
  null,
  {},
  true,
])('the time %j is none, so the ObjectId tells', (createdAt) => {
  expect(createdAtOf(createdAt)).toBe(objectIdTimeMs);
});

test('only the flag itself makes a contact imported', () => {
  const isImported = [true, false, 'true', 1, null, undefined].map(
    (flag) => contactOf({ _id: objectId, status: 'OPEN', isImported: flag })?.isImported,
  );
  expect(isImported).toEqual([true, false, false, false, false, false]);
});

test('success: false is a failure even with contacts in it, and a missing success is none', () => {
  expect(parsePage({ success: false, data: [] }).kind).toBe('unsuccessful');
  expect(parsePage({ success: false }).kind).toBe('unsuccessful');
  expect(parsePage({ data: [] }).kind).toBe('page');
});

function contactOf(record: unknown): Contact | undefined {
  const parsed = parsePage({ success: true, data: [record] });
  return parsed.kind === 'page' ? parsed.contacts[0] : undefined;
}

function createdAtOf(createdAt: unknown): number | undefined {
  return contactOf({ _id: objectId, status: 'OPEN', createdAt })?.createdAtMs;
}

test('a date before 1970 is none, and costs no record', () => {
  const record = {
    _id: '6a2bbfbe1a0899b1ad04bf58',
    status: 'OPEN',
    updatedAt: '0001-01-01T00:00:00Z',
  };
  expect(parsePage({ data: [record] })).toMatchObject({
    rejectedCount: 0,
    contacts: [{ updatedAtMs: null, createdAtMs: 0x6a2bbfbe * 1000 }],
  });
});
