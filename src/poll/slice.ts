import type { ContactIndex, Placed } from './contact-index.ts';

/** Part of the inbox that one question covers: a range of `createdAt`, which never changes, so it cannot shift. */
export interface Slice {
  /** Inclusive; null: from the oldest on. */
  readonly fromMs: number | null;
  /** Inclusive; null: to the newest. */
  readonly toMs: number | null;
  /** Where the next slice begins; null after the last one. */
  readonly nextMs: number | null;
  /** Who should be in the answer. */
  readonly expected: readonly Placed[];
  /** More were created in one moment than fit a page: it has to be read page after page. */
  readonly isTied: boolean;
}

/** What slices of the same statuses (null: any) are kept under. */
export function areaOf(statuses: readonly string[] | null): string {
  return statuses === null ? '' : statuses.join('\n');
}

/** Stamps may be compared in whole seconds at the inbox; a bound in the middle of such a gap is safe from that. */
const safeGapMs = 2000;

/** Cuts the next slice with at most `most` known contacts of these statuses (null: everyone). */
export function cutSlice(
  index: ContactIndex,
  statuses: readonly string[] | null,
  fromMs: number | null,
  most: number,
): Slice {
  const ahead = index.from(statuses, fromMs, most + 1);
  if (ahead.length <= most) {
    return { fromMs, toMs: null, nextMs: null, expected: ahead, isTied: false };
  }
  const count = placeToCut(ahead);
  const last = ahead[count - 1]?.createdAtMs;
  const next = ahead[count]?.createdAtMs;
  if (count === 0 || last === undefined || next === undefined)
    return tiedSlice(index, statuses, fromMs, ahead);
  const toMs = Math.floor((last + next) / 2);
  const nextMs = Math.max(toMs, last + 1);
  return { fromMs, toMs, nextMs, expected: ahead.slice(0, count), isTied: false };
}

/** How many of these to take: the most that leave a safe gap behind them, else the most that leave any; 0: none does. */
function placeToCut(ahead: readonly Placed[]): number {
  const gapBefore = (place: number) =>
    (ahead[place]?.createdAtMs ?? 0) - (ahead[place - 1]?.createdAtMs ?? 0);
  let any = 0;
  for (let place = ahead.length - 1; place > 0; place -= 1) {
    const gapMs = gapBefore(place);
    if (gapMs >= safeGapMs && place * 2 >= ahead.length) return place;
    if (gapMs > 0 && any === 0) any = place;
  }
  return any;
}

/** All who were created in the very moment of the first. */
function tiedSlice(
  index: ContactIndex,
  statuses: readonly string[] | null,
  fromMs: number | null,
  ahead: readonly Placed[],
): Slice {
  const tiedMs = ahead[0]?.createdAtMs ?? 0;
  const nextMs = tiedMs + 1;
  const count = index.rank(statuses, nextMs) - index.rank(statuses, fromMs);
  return {
    fromMs,
    toMs: tiedMs,
    nextMs,
    expected: index.from(statuses, fromMs, count),
    isTied: true,
  };
}
