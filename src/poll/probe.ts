import type { Contact } from '#domain/contact.ts';
import { documentedStatuses } from '#domain/status.ts';
import type { InboxQuestion } from '#inbox/request-body.ts';
import { mayBeHonoured } from './learn.ts';
import type { Stop } from './page-read.ts';
import type { PollSession } from './session.ts';

/** A filter that is ignored twice is not honoured, so each is tried this often at most. */
const tries = 2;

/**
 * Tries the filters of which nobody knows yet, or which were ignored long ago, with questions that most of these contacts
 * do not answer to: an inbox that ignores the filter shows them all the same. What is shown is an observation like any
 * other.
 */
export async function probeFilters(
  session: PollSession,
  contacts: readonly Contact[],
  now: () => number,
): Promise<Stop | { readonly kind: 'done' }> {
  for (const name of ['createdAt', 'status'] as const) {
    const question = questions[name](contacts);
    if (question === null) continue;
    for (let tried = 0; tried < tries && mayBeHonoured(session.learned, name, now()); tried += 1) {
      const page = await session.readPage(question, 1, { deadlineMs: null });
      if (page.kind !== 'read') return page;
      const committed = await session.commit(page, {});
      if (committed.kind !== 'committed') return committed;
    }
  }
  return { kind: 'done' };
}

const questions: Readonly<
  Record<'createdAt' | 'status', (contacts: readonly Contact[]) => InboxQuestion | null>
> = {
  createdAt(contacts) {
    const times = contacts.map(({ createdAtMs }) => createdAtMs).sort((a, b) => a - b);
    const [oldestMs] = times;
    if (oldestMs === undefined || times.length < 3) return null;
    return { createdFromMs: oldestMs - 1000, createdToMs: oldestMs + 1000 };
  },
  status(contacts) {
    if (contacts.length < 3) return null;
    const byStatus = Map.groupBy(contacts, ({ status }) => status);
    const rarest = [...byStatus].sort(([, a], [, b]) => a.length - b.length)[0];
    const absent = documentedStatuses.find((status) => !byStatus.has(status));
    const status = byStatus.size === 1 ? absent : rarest?.[0];
    return status === undefined ? null : { statuses: [status] };
  },
};
