import { expect, test } from 'vitest';
import { seededChance } from '#api/chance.ts';

const seed = Buffer.alloc(32, 5);

function drawAll(chance: ReturnType<typeof seededChance>) {
  return [chance.newId(), chance.randomBytes(32).toString('hex'), chance.newId()];
}

test('the same seed draws the same in the same order', () => {
  expect(drawAll(seededChance(seed))).toEqual(drawAll(seededChance(Buffer.from(seed))));
});

test('no two draws are alike, and none is another seed’s', () => {
  const drawn = [...drawAll(seededChance(seed)), ...drawAll(seededChance(Buffer.alloc(32, 6)))];
  expect(new Set(drawn).size).toBe(drawn.length);
});

test('ids are 128 bits that fit into an address', () => {
  expect(seededChance(seed).newId()).toMatch(/^[\w-]{22}$/);
  expect(seededChance(seed).randomBytes(40)).toHaveLength(40);
});
