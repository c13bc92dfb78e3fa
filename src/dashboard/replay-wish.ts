/** What a replay asks the API for. */
export type ReplayWish =
  | { readonly status: 'failed' }
  | { readonly since: string; readonly until: string; readonly types?: readonly string[] };

/** As the person chose it. */
export interface ReplayChoice {
  readonly what: string;
  readonly from: string;
  readonly to: string;
  readonly types: readonly string[];
}

export const replaySpans = [
  ['hour', 'Everything of the last hour', 3_600_000],
  ['day', 'Everything of the last 24 hours', 86_400_000],
  ['week', 'Everything of the last 7 days', 7 * 86_400_000],
] as const;

/**
 * The wish with its moments written out, so that what is done later is what was counted now; or, by field, why there is
 * none.
 */
export function readWish(
  { what, from, to, types }: ReplayChoice,
  nowMs: number,
):
  | { readonly kind: 'wish'; readonly wish: ReplayWish }
  | { readonly kind: 'unclear'; readonly field: 'from' | 'to'; readonly message: string } {
  if (what === 'failed') return { kind: 'wish', wish: { status: 'failed' } };
  const chosen = types.length === 0 ? {} : { types };
  const span = replaySpans.find(([name]) => name === what);
  if (span !== undefined) {
    const since = new Date(nowMs - span[2]).toISOString();
    return { kind: 'wish', wish: { since, until: new Date(nowMs).toISOString(), ...chosen } };
  }
  const sinceMs = readUtc(from);
  if (sinceMs === null) {
    return { kind: 'unclear', field: 'from', message: 'Say from when on, in UTC.' };
  }
  const untilMs = to === '' ? nowMs : readUtc(to);
  if (untilMs === null) {
    return { kind: 'unclear', field: 'to', message: 'This is no moment; leave it empty for now.' };
  }
  if (untilMs < sinceMs) {
    return { kind: 'unclear', field: 'to', message: 'This must not be before the start.' };
  }
  const [since, until] = [sinceMs, untilMs].map((ms) => new Date(ms).toISOString());
  return { kind: 'wish', wish: { since: since ?? '', until: until ?? '', ...chosen } };
}

/** What a field of the kind `datetime-local` holds, taken for UTC. */
function readUtc(text: string): number | null {
  if (!/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,3})?)?$/.test(text)) return null;
  const ms = Date.parse(`${text.replace(' ', 'T')}Z`);
  return Number.isNaN(ms) ? null : ms;
}
