import type { Stop } from './page-read.ts';
import { shapeOf, showsEnd } from './reading.ts';
import type { PollSession } from './session.ts';

/** How exactly the last page is found: a share of it. */
const precision = 1 / 16;

/** No inbox is deeper: one that shows people here as well has no end. */
const mostPages = 2 ** 20;

/**
 * Finds out about how many pages a listing of everyone has, so that the baseline can say how long it will take: twice as far
 * each time until a page is empty, then between. What lies past the end is learned with it.
 */
export async function measureDepth(
  session: PollSession,
  from: { readonly pageNumber: number; readonly firstId: string | null },
  deadlineMs: number,
): Promise<Stop | { readonly kind: 'done' }> {
  let last = from.pageNumber;
  let past: number | null = null;
  let lastFirstId = from.firstId;
  while (past === null || past - last > Math.max(1, last * precision)) {
    const pageNumber: number = past === null ? last * 2 : Math.floor((last + past) / 2);
    if (pageNumber > mostPages) return { kind: 'done' };
    const page = await session.readPage({}, pageNumber, { deadlineMs });
    if (page.kind !== 'read') return page;
    const committed = await session.commit(page, {});
    if (committed.kind !== 'committed') return committed;
    const shape = shapeOf(page);
    if (showsEnd(shape, lastFirstId)) past = pageNumber;
    else {
      last = pageNumber;
      lastFirstId = shape.firstId;
    }
  }
  session.learn((learned) => ({ ...learned, expectedPages: last }));
  return { kind: 'done' };
}
