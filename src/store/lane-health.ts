/** From this many attempts in a row without any answer, one delivery alone is tried until one succeeds. */
export const unreachableAfter = 5;

/** How the last attempts of a lane went; what decides how many and which deliveries are tried next. */
export interface LaneHealth {
  /** Attempts in a row that failed, whatever way. */
  readonly failures: number;
  /** Attempts in a row that got no answer at all. From `unreachableAfter` on only a success sets it back. */
  readonly unreachable: number;
  /** Nothing is sent before: the subscriber asked for it. */
  readonly holdUntilMs: number;
  /** When the subscriber is tried again at the latest while it cannot be reached; 0 when it can. */
  readonly probeByMs: number;
  /** When the first attempt of those that failed without a success since was made; 0 when the last one succeeded. */
  readonly failingSinceMs: number;
  /** How far towards being disabled operators were warned of: 0, 50 or 75. */
  readonly warnedPercent: number;
  /** How often the lane was resumed or got another address: health from before is forgotten, not written over it. */
  readonly resumes: number;
}

/** Under these names it lies in the lane's state. */
export const healthFields = [
  'failures',
  'unreachable',
  'holdUntilMs',
  'probeByMs',
  'failingSinceMs',
  'warnedPercent',
  'resumes',
] as const satisfies readonly (keyof LaneHealth)[];

/** From the values of `healthFields`, null where there is none yet. */
export function parseHealth(values: readonly (string | null)[]): LaneHealth {
  const named = healthFields.map((field, index) => [field, Number(values[index])]);
  return Object.fromEntries(named) as Record<(typeof healthFields)[number], number>;
}
