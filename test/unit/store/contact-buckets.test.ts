import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bucketCount, bucketOf, packContactId, unpackContactId } from '#store/contact-buckets.ts';

const objectIds = fc
  .uint8Array({ minLength: 12, maxLength: 12 })
  .map((bytes) => Buffer.from(bytes).toString('hex'));
const otherIds = fc.string({ unit: 'grapheme', maxLength: 40 });
const contactIds = fc.oneof(objectIds, otherIds);

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

test('every contact id comes back as it was packed', () => {
  fc.assert(
    fc.property(contactIds, (id) => {
      expect(unpackContactId(packContactId(id))).toBe(id);
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
