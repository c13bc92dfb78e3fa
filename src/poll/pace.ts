import type { PlannedList } from '#store/source-state.ts';
import type { ContactIndex } from './contact-index.ts';

/** A list with what it takes to read it. */
export interface PacedList {
  readonly list: PlannedList;
  /** Requests a round. */
  readonly cost: number;
  /** Rounds in the time of one of an ordinary list: a power of two, so that turns keep their distance. */
  readonly pace: number;
}

/** Changes that are taken to have been found in all lists together before any was, so that chance weighs little. */
const priorChanges = 20;
/** No list is read eight times as often as another that is no less busy, and none is forgotten. */
const mostDoublings = 3;

/**
 * The mean delay is least where each list is read in proportion to the square root of its changes per request (inbox.md
 * 4.4). Near that it hardly matters, so lists that are about as busy as each other keep the same pace.
 */
export function paceLists(
  lists: readonly PlannedList[],
  index: Pick<ContactIndex, 'rank'>,
  most: number,
): PacedList[] {
  const sized = lists.map((list) => {
    const size = index.rank(list.statuses, Number.POSITIVE_INFINITY);
    return { list, size, cost: Math.max(1, Math.ceil(size / most)) };
  });
  const total = sized.reduce((sum, { size }) => sum + size + 1, 0);
  const found = sized.reduce((sum, { list }) => sum + list.found, priorChanges);
  const cost = sized.reduce((sum, each) => sum + each.cost, 0);
  return sized.map((each) => {
    const changes = each.list.found + (priorChanges * (each.size + 1)) / total;
    const perRequest = changes / each.cost / (found / cost);
    const doublings = Math.round(Math.log2(Math.sqrt(perRequest)));
    const pace = 2 ** Math.max(-mostDoublings, Math.min(mostDoublings, doublings));
    return { list: each.list, cost: each.cost, pace };
  });
}
