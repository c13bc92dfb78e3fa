const manyCount = 5;
const manyShare = 0.01;

/** For so long many have to be gone before that is believed. */
export const manyAbsentForMs = 60_000;

/** Whether so many are absent at once, of so many known, that it may be the inbox's fault. */
export function areMany(absent: number, known: number): boolean {
  return absent > Math.max(manyCount, known * manyShare);
}
