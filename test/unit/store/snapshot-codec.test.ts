import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Snapshot } from '#domain/contact.ts';
import {
  bucketCount,
  bucketOf,
  packContactId,
  packSnapshot,
  unpackSnapshot,
} from '#store/snapshot-codec.ts';

const timeMs = fc.integer({ min: 1, max: 2 ** 48 - 1 });
const snapshots: fc.Arbitrary<Snapshot> = fc.record({
  status: fc.oneof(
    fc.constantFrom('OPEN', 'INPROGRESS', 'CLOSED'),
    fc.string({ unit: 'grapheme', maxLength: 80 }),
  ),
  sequence: timeMs,
  createdAtMs: timeMs,
  updatedAtMs: fc.option(timeMs),
  observedAtMs: timeMs,
});
const objectIds = fc
  .uint8Array({ minLength: 12, maxLength: 12 })
  .map((bytes) => Buffer.from(bytes).toString('hex'));
const otherIds = fc.string({ unit: 'grapheme', maxLength: 40 });
const contactIds = fc.oneof(objectIds, otherIds);

test('every snapshot comes back as it was packed, whatever its status is called', () => {
  fc.assert(
    fc.property(snapshots, (snapshot) => {
      expect(unpackSnapshot(packSnapshot(snapshot))).toEqual(snapshot);
    }),
  );
});

test('the same snapshot always packs to the same bytes, since a commit compares bytes', () => {
  fc.assert(
    fc.property(snapshots, (snapshot) => {
      expect(packSnapshot({ ...snapshot }).equals(packSnapshot(snapshot))).toBe(true);
    }),
  );
});

test('a contact with a documented status fits into the values of a listpack', () => {
  const snapshot = { sequence: 1, createdAtMs: 1, updatedAtMs: 1, observedAtMs: 1 };
  expect(packSnapshot({ ...snapshot, status: 'INPROGRESS' }).length).toBeLessThanOrEqual(64);
});

test('a snapshot of another version, or a cut one, is refused by name', () => {
  const packed = packSnapshot({
    status: 'OPEN',
    sequence: 1,
    createdAtMs: 1,
    updatedAtMs: null,
    observedAtMs: 1,
  });
  const newer = Buffer.from(packed);
  newer[0] = 2;
  const refusal = expect.objectContaining({ name: 'SnapshotFormatError' });
  expect(() => unpackSnapshot(newer)).toThrow(refusal);
  expect(() => unpackSnapshot(packed.subarray(0, 24))).toThrow(refusal);
  expect(() => unpackSnapshot(Buffer.alloc(0))).toThrow(refusal);
});

test('an ObjectId packs into 12 bytes, and any other id stays what it is', () => {
  expect(packContactId('665f1f77bcf86cd799439011')).toEqual(
    Buffer.from([0x66, 0x5f, 0x1f, 0x77, 0xbc, 0xf8, 0x6c, 0xd7, 0x99, 0x43, 0x90, 0x11]),
  );
  expect(packContactId('665F1F77BCF86CD799439011').subarray(1).toString()).toBe(
    '665F1F77BCF86CD799439011',
  );
});

test('two different contact ids never pack to the same bytes', () => {
  fc.assert(
    fc.property(contactIds, contactIds, (left, right) => {
      const same = packContactId(left).equals(packContactId(right));
      expect(same).toBe(left === right);
    }),
  );
});

test('every contact id has one bucket of those there are', () => {
  fc.assert(
    fc.property(contactIds, (id) => {
      const bucket = bucketOf(id);
      expect(bucket).toBe(bucketOf(id));
      expect(Number.isInteger(bucket) && bucket >= 0 && bucket < bucketCount).toBe(true);
    }),
  );
});

test('100,000 ObjectIds that count up spread so that no bucket outgrows a listpack', () => {
  const sizes = new Array<number>(bucketCount).fill(0);
  for (let number = 0; number < 100_000; number += 1) {
    // As one server makes them: the same second and process for many, the counter at the end differs.
    const seconds = (0x665f1f77 + Math.floor(number / 50)).toString(16);
    const id = `${seconds}bcf86cd799${number.toString(16).padStart(6, '0')}`;
    const bucket = bucketOf(id);
    sizes[bucket] = (sizes[bucket] ?? 0) + 1;
  }
  expect(Math.max(...sizes)).toBeLessThanOrEqual(128);
  expect(sizes.filter((size) => size === 0).length).toBeLessThan(bucketCount / 100);
});
