export type DurationMs = number;

const unitsMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Reads `200ms`, `5s`, `1m`, `2h`; null for anything else. */
export function parseDuration(text: string): DurationMs | null {
  const match = /^(\d+)(ms|s|m|h)$/.exec(text.trim());
  const unitMs = unitsMs[match?.[2] ?? ''];
  return match?.[1] === undefined || unitMs === undefined ? null : Number(match[1]) * unitMs;
}
