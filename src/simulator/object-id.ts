import type { Random } from './random.ts';

/**
 * Makes ids as MongoDB does: four bytes of seconds, five of chance that stay, three of a counter. Readers of the inbox may
 * take the creation time from the first four.
 */
export function createObjectIds(random: Random): (atMs: number) => string {
  const machine = drawHex(random, 10);
  let counter = random.integer(0, 2 ** 24 - 1);
  return (atMs) => {
    counter = (counter + 1) % 2 ** 24;
    return hex(Math.floor(atMs / 1000), 8) + machine + hex(counter, 6);
  };
}

export function drawHex(random: Random, digits: number): string {
  let drawn = '';
  // Eight digits a draw, because every record that is shown takes some hundred of them.
  for (let left = digits; left > 0; left -= 8) {
    drawn += eightDigits(random.integer(0, 2 ** 32 - 1)).slice(0, left);
  }
  return drawn;
}

const bytes = Array.from({ length: 256 }, (_, byte) => hex(byte, 2));

function eightDigits(value: number): string {
  const at = (shift: number) => bytes[(value >>> shift) & 0xff];
  return `${at(24)}${at(16)}${at(8)}${at(0)}`;
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}
