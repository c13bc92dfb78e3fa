import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Presence, Snapshot, Watched } from '#domain/contact.ts';
import { packSnapshot, unpackSnapshot } from '#store/snapshot-codec.ts';

const objectId = '6a2bbfbe1a0899b1ad04bf58';
const secondOfObjectId = 0x6a2bbfbe * 1000;
const agentId = '5fed38e56fb193dcc6c933f5';

const objectIds = fc
  .uint8Array({ minLength: 12, maxLength: 12 })
  .map((bytes) => Buffer.from(bytes).toString('hex'));
const contactIds = fc.oneof(objectIds, fc.string({ unit: 'grapheme', maxLength: 40 }));
/** Any time there is, and those near the creation that a snapshot usually has. */
const timeMs = fc.oneof(
  fc.integer({ min: 0, max: 2 ** 48 - 1 }),
  fc.integer({ min: secondOfObjectId - 10_000, max: secondOfObjectId + 10_000 }),
);
const digest = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 2 ** 24 - 1 }));
const bit = fc.integer({ min: 0, max: 1 });
const watched: fc.Arbitrary<Watched> = fc.record({
  agent: fc.option(
    fc.oneof(objectIds, fc.string({ unit: 'grapheme', minLength: 1, maxLength: 99 })),
  ),
  isLiveChatActive: fc.boolean(),
  userMessageAtMs: fc.option(timeMs),
  details: fc.record({
    name: digest,
    email: digest,
    phone: digest,
    tags: digest,
    segments: digest,
    attributes: digest,
    hasOrdered: digest,
    isSubscriber: bit,
    isUserBlocked: bit,
  }),
});
const snapshots: fc.Arbitrary<Snapshot> = fc.record({
  status: fc.oneof(
    fc.constantFrom('OPEN', 'INPROGRESS', 'REVIEW', 'ONHOLD', 'DEPENDANCY', 'CLOSED', 'DELETED'),
    fc.string({ unit: 'grapheme', maxLength: 80 }),
  ),
  sequence: timeMs,
  createdAtMs: timeMs,
  updatedAtMs: fc.option(timeMs),
  observedAtMs: timeMs,
  presence: fc.constantFrom<Presence[]>('listed', 'left', 'deleted'),
  watched: fc.option(watched),
});

/** All that a snapshot of a documented contact can hold. */
const full = {
  status: 'INPROGRESS',
  sequence: secondOfObjectId + 6_000_000,
  createdAtMs: secondOfObjectId + 362,
  updatedAtMs: secondOfObjectId + 6_000_500,
  observedAtMs: secondOfObjectId + 7_000_000,
  presence: 'listed',
  watched: {
    agent: agentId,
    isLiveChatActive: true,
    userMessageAtMs: secondOfObjectId + 5_000_000,
    details: {
      name: 1,
      email: 2,
      phone: 3,
      tags: 4,
      segments: 5,
      attributes: 6,
      hasOrdered: 7,
      isSubscriber: 1,
      isUserBlocked: 1,
    },
  },
} as const satisfies Snapshot;
const nothing = {
  name: 0,
  email: 0,
  phone: 0,
  tags: 0,
  segments: 0,
  attributes: 0,
  hasOrdered: 0,
  isSubscriber: 0,
  isUserBlocked: 0,
};

test('every snapshot comes back as it was packed, whatever its status is called', () => {
  fc.assert(
    fc.property(snapshots, contactIds, (snapshot, id) => {
      expect(unpackSnapshot(packSnapshot(snapshot, id), id)).toEqual(snapshot);
    }),
    { numRuns: 1000 },
  );
});

test('the snapshot of a contact whose id tells its second comes back to the millisecond', () => {
  expect(unpackSnapshot(packSnapshot(full, objectId), objectId)).toEqual(full);
});

test('the same snapshot always packs to the same bytes, since a commit compares bytes', () => {
  fc.assert(
    fc.property(snapshots, contactIds, (snapshot, id) => {
      expect(packSnapshot({ ...snapshot }, id).equals(packSnapshot(snapshot, id))).toBe(true);
    }),
  );
});

test('a documented contact with all that is watched fits into the values of a listpack', () => {
  expect(packSnapshot(full, objectId).length).toBeLessThanOrEqual(63);
});

test('what a contact does not have takes no bytes', () => {
  const { createdAtMs } = full;
  const plain: Snapshot = {
    ...full,
    sequence: createdAtMs,
    updatedAtMs: null,
    watched: { agent: null, isLiveChatActive: true, userMessageAtMs: null, details: nothing },
  };
  const bytesOf = (snapshot: Snapshot) => packSnapshot(snapshot, objectId).length;
  // Version, flags, status; the rest of a second; one time.
  expect(bytesOf(plain)).toBe(5 + 2 + 5);
  expect(bytesOf({ ...plain, watched: null })).toBe(bytesOf(plain));
  expect(bytesOf({ ...plain, updatedAtMs: 1 + createdAtMs })).toBe(bytesOf(plain) + 5);
  const tagged = { ...plain.watched, details: { ...nothing, tags: 9 } } as Watched;
  expect(bytesOf({ ...plain, watched: tagged })).toBe(bytesOf(plain) + 3);
});

test('dgtlmoon/changedetection.io#2358: a snapshot of the version before this one is read, and says that it knows the status only', () => {
  const head = '01' + '019d0c6e3b5a' + '019d0c6e0000' + '019d0c6e3b00' + '019d0c6e4000';
  const first = Buffer.concat([Buffer.from(head, 'hex'), Buffer.from('Wartet auf Rückruf')]);
  const read = {
    sequence: 0x019d0c6e3b5a,
    createdAtMs: 0x019d0c6e0000,
    updatedAtMs: 0x019d0c6e3b00,
    observedAtMs: 0x019d0c6e4000,
    status: 'Wartet auf Rückruf',
    presence: 'listed',
    watched: null,
  };
  expect(unpackSnapshot(first, objectId)).toEqual(read);
  first.fill(0, 13, 19);
  expect(unpackSnapshot(first, objectId)).toEqual({ ...read, updatedAtMs: null });
});

test('dgtlmoon/changedetection.io#3626: a snapshot of a newer version, or a cut one, is refused by name', () => {
  const packed = packSnapshot(full, objectId);
  const refusal = expect.objectContaining({ name: 'SnapshotFormatError' });
  for (const version of [0, 3, 255]) {
    const other = Buffer.from(packed);
    other[0] = version;
    expect(() => unpackSnapshot(other, objectId)).toThrow(refusal);
  }
  for (let length = 0; length < packed.length; length += 1) {
    expect(() => unpackSnapshot(packed.subarray(0, length), objectId)).toThrow(refusal);
  }
  expect(() => unpackSnapshot(Buffer.alloc(24, 1), objectId)).toThrow(refusal);
});
