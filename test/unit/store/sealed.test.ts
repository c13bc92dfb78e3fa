import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSeal, SealError } from '#store/sealed.ts';

const oldKey = Buffer.alloc(32, 1);
const newKey = Buffer.alloc(32, 2);
const seal = createSeal([oldKey], randomBytes);

test('whatever is sealed opens again under its context', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (text, context) => {
      expect(seal.open(seal.seal(text, context), context)).toBe(text);
    }),
  );
});

test('the same secret never looks the same twice and never shows through', () => {
  const first = seal.seal('whsec_secret', 'sub_1');
  expect(first).not.toBe(seal.seal('whsec_secret', 'sub_1'));
  expect(Buffer.from(first.split('.')[3] ?? '', 'base64url').includes('secret')).toBe(false);
});

test('a key put first seals, and the one behind it still opens what it sealed', () => {
  const sealedBefore = seal.seal('token', 'source a');
  const rotated = createSeal([newKey, oldKey], randomBytes);
  expect(rotated.open(sealedBefore, 'source a')).toBe('token');
  const sealedAfter = rotated.seal('token', 'source a');
  expect(createSeal([newKey], randomBytes).open(sealedAfter, 'source a')).toBe('token');
  expect(() => seal.open(sealedAfter, 'source a')).toThrow(SealError);
});

test('a key that is not listed is named by its id, never by itself', () => {
  const sealed = createSeal([newKey], randomBytes).seal('token', 'the token of source a');
  const keyId = sealed.split('.')[1] ?? '';
  expect(() => seal.open(sealed, 'the token of source a')).toThrow(
    `What is stored for the token of source a was encrypted with a key (id ${keyId}) that ENCRYPTION_KEY does not list; add that key to the list.`,
  );
  expect(keyId).toHaveLength(8);
  expect(newKey.toString('hex').startsWith(keyId)).toBe(false);
});

test('a secret put in the place of another is refused', () => {
  const sealed = seal.seal('whsec_secret', 'sub_1');
  expect(() => seal.open(sealed, 'sub_2')).toThrow(
    new SealError('What is stored for sub_2 cannot be decrypted.'),
  );
});

test('a changed, cut or mangled secret is refused, wherever it was touched', () => {
  const sealed = seal.seal('whsec_secret', 'sub_1');
  const [version, keyId, nonce = '', rest = ''] = sealed.split('.');
  const bytes = Buffer.from(rest, 'base64url');
  const flipped = Buffer.from(bytes);
  flipped.writeUInt8(flipped.readUInt8(0) ^ 1, 0);
  const withRest = (part: Buffer) => `${version}.${keyId}.${nonce}.${part.toString('base64url')}`;
  const broken = [
    withRest(flipped),
    ...Array.from(bytes, (_, length) => withRest(bytes.subarray(0, length))),
    `${version}.${keyId}..${rest}`,
    `${version}.${keyId}.${nonce}`,
  ];
  for (const text of broken) {
    expect(() => seal.open(text, 'sub_1'), text).toThrow(
      new SealError('What is stored for sub_1 cannot be decrypted.'),
    );
  }
});

test('a tag that was cut to four bytes authenticates nothing', () => {
  const sealed = seal.seal('', 'sub_1');
  const [version, keyId, nonce, rest = ''] = sealed.split('.');
  const tag = Buffer.from(rest, 'base64url').subarray(0, 4).toString('base64url');
  expect(() => seal.open(`${version}.${keyId}.${nonce}.${tag}`, 'sub_1')).toThrow(SealError);
});

test('text that was never sealed is refused', () => {
  for (const text of ['', 'token', 'v2.a.b.c', '...']) {
    expect(() => seal.open(text, 'source a'), text).toThrow(SealError);
  }
});

test('an empty list of keys is refused at once', () => {
  expect(() => createSeal([], randomBytes)).toThrow(new SealError('There is no encryption key.'));
});
