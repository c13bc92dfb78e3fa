/** A stream of chance that is the same for the same seeds, so that a run can be repeated. */
export interface Random {
  /** In [0, 1). */
  next(): number;
  /** Whole, both ends included. */
  integer(min: number, max: number): number;
  isLucky(probability: number): boolean;
  pick<T>(choices: readonly T[]): T;
  /** By weight; the weights need not sum to one. */
  pickWeighted<T>(choices: readonly (readonly [T, number])[]): T;
  /** The wait for the next event of a Poisson process; infinite at rate 0. */
  exponential(ratePerMs: number): number;
}

/** `stream` sets apart what must not disturb each other: one more draw in one stream shifts no other. */
export function createRandom(seed: number, stream: number): Random {
  let state = scramble(scramble(seed) ^ Math.imul(stream + 1, 0x9e3779b9));

  // A Weyl sequence through an avalanche: 32 bits of state are plenty for a toy and cost no allocation.
  function next(): number {
    state = (state + 0x9e3779b9) | 0;
    return (scramble(state) >>> 0) / 2 ** 32;
  }

  function pickWeighted<T>(choices: readonly (readonly [T, number])[]): T {
    let left = next() * choices.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [choice, weight] of choices) {
      left -= weight;
      if (left < 0) return choice;
    }
    return lastOf(choices)[0];
  }

  return {
    next,
    pickWeighted,
    integer: (min, max) => min + Math.floor(next() * (max - min + 1)),
    isLucky: (probability) => next() < probability,
    pick: (choices) => choices[Math.floor(next() * choices.length)] ?? lastOf(choices),
    exponential: (ratePerMs) =>
      ratePerMs > 0 ? -Math.log(1 - next()) / ratePerMs : Number.POSITIVE_INFINITY,
  };
}

/** The finalizer of MurmurHash3, 32 bits: every input bit reaches every output bit. */
function scramble(value: number): number {
  let bits = value | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}

function lastOf<T>(choices: readonly T[]): T {
  const last = choices.at(-1);
  if (last === undefined) throw new RangeError('Nothing to pick from.');
  return last;
}
