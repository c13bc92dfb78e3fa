import { expect, test } from 'vitest';

import { type SortOrder, sortOrders } from '#simulator/settings.ts';
import { openInbox, type Person } from './open-inbox.ts';

const hourMs = 3_600_000;

interface Times {
  readonly startAt: string;
  readonly endsAt: string;
}
const ever: Times = { startAt: '', endsAt: '' };

/** The plain reading of the documented filters, over all that is listed. */
function expectedIds(
  all: readonly Person[],
  statuses: readonly string[],
  createdAt: Times,
  lastSeenAt: Times,
): string[] {
  const within = (time: string, { startAt, endsAt }: Times) =>
    (startAt === '' || time >= startAt) && (endsAt === '' || time <= endsAt);
  return all
    .filter(({ status }) => statuses.length === 0 || statuses.includes(status))
    .filter((person) => within(person.createdAt, createdAt))
    .filter((person) => within(person.lastSeenAt, lastSeenAt))
    .map(({ _id }) => _id);
}

/** An inbox that has lived for an hour, and the times of two of its contacts, a small and a large part of it apart. */
async function openLived(sort: SortOrder) {
  const inbox = openInbox({
    contacts: 3000,
    pageSize: 5000,
    sort,
    activityPerMinute: { visitorMessages: 20, agentStatusChanges: 20, deletions: 2, bulkCloses: 1 },
  });
  inbox.clock.nowMs += hourMs;
  const all = await inbox.ask();
  const cut = (key: 'createdAt' | 'lastSeenAt', from: number, to: number): Times => {
    const times = all.map((person) => person[key]).sort();
    return { startAt: times[from] ?? '', endsAt: times[to] ?? '' };
  };
  return { ...inbox, all, cut };
}

test.each(sortOrders)(
  'sorted by %s, however few are asked for, they are whom a look at everyone finds',
  async (sort) => {
    const { ask, all, cut } = await openLived(sort);
    const statusLists = [[], ['OPEN'], ['REVIEW', 'OPEN', 'OPEN'], ['CLOSED'], ['Unheard of']];
    const creations = [ever, cut('createdAt', 1000, 1019), cut('createdAt', 10, 2900)];
    const seens = [ever, cut('lastSeenAt', 2850, 2950), cut('lastSeenAt', 10, 2950)];
    let found = 0;
    for (const status of statusLists) {
      for (const createdAt of creations) {
        for (const lastSeenAt of seens) {
          const people = await ask({ status, createdAt, lastSeenAt });
          const expected = expectedIds(all, status, createdAt, lastSeenAt);
          expect(people.map(({ _id }) => _id)).toEqual(expected);
          found += people.length;
        }
      }
    }
    expect(found).toBeGreaterThan(10_000);
  },
);

test('a record is told as it is now, however often it was told before', async () => {
  const inbox = openInbox();
  const { id } = inbox.population.createContact();
  const see = async () => (await inbox.ask())[0];
  expect(await see()).toMatchObject({ status: 'OPEN', isOnline: true });
  inbox.population.agentSetsStatus(id, 'REVIEW');
  expect(await see()).toMatchObject({ status: 'REVIEW', isOnline: true });
  inbox.clock.nowMs += hourMs;
  expect(await see()).toMatchObject({ status: 'REVIEW', isOnline: false });
});
