import type { ContactIndex, Placed } from './contact-index.ts';

/** One question that should find all of these: a range of `createdAt`, and how lately they were seen. */
export interface Gathering {
  readonly fromMs: number;
  readonly toMs: number;
  readonly lastSeenFromMs: number;
  readonly expected: readonly Placed[];
}

/** The inbox may compare whole seconds. */
const marginMs = 1000;

/**
 * Where many go missing at once, most were active lately, and few of the others in so long a time were: so one question can
 * find as many of them as fit a page. Those seen last come first; null where no two fit.
 */
export function gather(
  index: ContactIndex,
  ids: readonly string[],
  most: number,
): Gathering | null {
  const wanted = ids
    .flatMap((id) => index.find(id) ?? [])
    .map((contact) => ({ contact, seenAtMs: index.lastSeenAtMs(contact.id) }))
    .filter((each): each is { contact: Placed; seenAtMs: number } => each.seenAtMs !== null)
    .sort((a, b) => b.seenAtMs - a.seenAtMs)
    .slice(0, most);
  for (let count = wanted.length; count > 1; count = Math.floor(count * 0.7)) {
    const together = wanted.slice(0, count);
    const times = together.map(({ contact }) => contact.createdAtMs);
    const range = { fromMs: Math.min(...times) - marginMs, toMs: Math.max(...times) + marginMs };
    const lastSeenFromMs = (together.at(-1)?.seenAtMs ?? 0) - marginMs;
    const expected = index.seenSince(range, lastSeenFromMs, most);
    if (expected.length <= most) return { ...range, lastSeenFromMs, expected };
  }
  return null;
}
