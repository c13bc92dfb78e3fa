import { expect, test } from 'vitest';

import type { ActivityPerMinute, SimulatorOptions } from '#simulator/settings.ts';
import { noActivity } from '#simulator/settings.ts';
import { openInbox, startMs } from './open-inbox.ts';

const hourMs = 3_600_000;
const busy: ActivityPerMinute = {
  visitorMessages: 20,
  newContacts: 2,
  imports: 0.5,
  agentStatusChanges: 10,
  bulkCloses: 0.2,
  reassignments: 5,
  deletions: 2,
  edits: 3,
  flagChanges: 1,
  orders: 1,
  liveChatSwitches: 1,
  restorations: 1,
  fusses: 3,
};

function openBusy(options: SimulatorOptions = {}) {
  const all = { contacts: 500, activityPerMinute: busy, requestsPerMinute: 1e6, pageSize: 100 };
  const inbox = openInbox({ ...all, ...options });
  async function statuses(): Promise<Map<string, string>> {
    const seen = new Map<string, string>();
    for (let page = 1; ; page += 1) {
      const people = await inbox.ask({ page });
      if (people.length === 0) return seen;
      for (const { _id, status } of people) seen.set(_id, status);
    }
  }
  return { ...inbox, statuses };
}

test.each(['removed', 'listed'] as const)(
  'what was there and the truth since add up to what is shown, with deleted ones %s',
  async (deleted) => {
    const inbox = openBusy({ deleted });
    const expected = await inbox.statuses();
    inbox.clock.nowMs += hourMs;
    const shown = await inbox.statuses();
    for (const { contactId, kind, from, to } of inbox.population.truth) {
      if (['created', 'imported', 'restored'].includes(kind)) expected.set(contactId, to!);
      if (kind === 'status_changed') {
        expect(from).toBe(expected.get(contactId));
        expected.set(contactId, to!);
      }
      if (kind === 'deleted' && deleted === 'removed') expected.delete(contactId);
    }
    for (const needed of ['deleted', 'restored']) {
      expect(inbox.population.truth.map(({ kind }) => kind)).toContain(needed);
    }
    expect(shown).toEqual(expected);
  },
);

test('the same seed makes the same truth, however often anyone looks', () => {
  const once = openBusy();
  once.population.advanceTo(startMs + hourMs);
  const often = openBusy();
  for (let n = 1; n <= 3600; n += 1) often.population.advanceTo(startMs + n * 1000);
  expect(once.population.truth.length).toBeGreaterThan(1000);
  expect(often.population.truth).toEqual(once.population.truth);
});

test('another seed makes another truth over other people', async () => {
  const [one, two] = [openBusy({ seed: 1 }), openBusy({ seed: 2 })];
  expect((await two.ask()).map(({ _id }) => _id)).not.toEqual(
    (await one.ask()).map(({ _id }) => _id),
  );
  const moments = [one, two].map(({ population }) => {
    population.advanceTo(startMs + hourMs);
    return population.truth.map(({ at }) => at);
  });
  expect(moments[0]).not.toEqual(moments[1]);
});

test('the truth is in the order of time and never ahead of the clock', () => {
  const { population } = openBusy();
  population.advanceTo(startMs + hourMs);
  const times = population.truth.map(({ at }) => Date.parse(at));
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect(times.at(-1)).toBeLessThanOrEqual(startMs + hourMs);
  expect(times[0]).toBeGreaterThan(startMs);
});

test.each([
  ['visitorMessages', 'message', 'visitor'],
  ['newContacts', 'created', 'visitor'],
  ['imports', 'imported', 'import'],
  ['agentStatusChanges', 'status_changed', 'agent'],
  ['bulkCloses', 'status_changed', 'agent'],
  ['reassignments', 'assigned', 'agent'],
  ['deletions', 'deleted', 'agent'],
  ['orders', 'updated', 'visitor'],
  ['fusses', 'touched', 'system'],
] as const)('%s alone make a truth of %s by %s', (activity, kind, by) => {
  const { population } = openBusy({
    activityPerMinute: { ...noActivity, [activity]: 1 },
    // Enough that bulk closes find someone for an hour.
    statusShares: { OPEN: 9, CLOSED: 1 },
  });
  population.advanceTo(startMs + hourMs);
  const events = population.truth.filter((event) => event.kind === kind && event.by === by);
  const moments = new Set(events.map(({ at }) => at));
  // Sixty are expected, and five standard deviations of a Poisson process are 39.
  expect(Math.abs(moments.size - 60)).toBeLessThan(39);
});

test('the bot answers those whom no agent has, a little later, and the dead never', () => {
  // So much is going on that agents and deletions often come between a message and its answer.
  const hectic = { ...noActivity, newContacts: 300, reassignments: 600, deletions: 150 };
  const { population } = openBusy({ deleted: 'listed', activityPerMinute: hectic });
  population.advanceTo(startMs + hourMs / 4);
  const has = new Map<string, boolean>();
  const gone = new Set<string>();
  const answers = population.truth.filter(({ contactId, kind, to, by }) => {
    if (kind === 'assigned') has.set(contactId, to !== undefined);
    if (kind === 'deleted') gone.add(contactId);
    if (kind !== 'message' || by !== 'system') return false;
    expect(has.get(contactId) ?? false).toBe(false);
    expect(gone.has(contactId)).toBe(false);
    return true;
  });
  expect(answers.length).toBeGreaterThan(50);
});

/** The mean share of the active in each of the next three hours, as a part of what it was at the start. */
function activeShares(options: SimulatorOptions): number[] {
  const { population } = openBusy({ activityPerMinute: {}, ...options });
  const share = () => {
    const listed = population.listed();
    return listed.filter(({ status }) => status !== 'CLOSED').length / listed.length;
  };
  const before = share();
  return [0, 1, 2].map((hour) => {
    const minutes = Array.from({ length: 60 }, (_, minute) => {
      population.advanceTo(startMs + hour * hourMs + (minute + 1) * 60_000);
      return share();
    });
    return minutes.reduce((sum, part) => sum + part, 0) / minutes.length / before;
  });
}

const openOnes = { OPEN: 1.8, INPROGRESS: 1.4, ONHOLD: 0.8, REVIEW: 0.6, DEPENDANCY: 0.4 };

test.each([
  ['2 % of 1,000', 1000, { CLOSED: 245, ...openOnes }],
  ['10 % of 1,000', 1000, { CLOSED: 45, ...openOnes }],
  ['40 % of 1,000', 1000, { CLOSED: 7.5, ...openOnes }],
  ['an even mix', 1000, { CLOSED: 1, OPEN: 1, INPROGRESS: 1, ONHOLD: 1, REVIEW: 1, DEPENDANCY: 1 }],
  ['2 % of 10,000', 10_000, { CLOSED: 245, ...openOnes }],
  ['40 % of 10,000', 10_000, { CLOSED: 7.5, ...openOnes }],
])('left to itself, the active stay the share that they were: %s', (_, contacts, statusShares) => {
  for (const share of activeShares({ contacts, statusShares })) {
    expect(share).toBeGreaterThan(0.8);
    expect(share).toBeLessThan(1.2);
  }
});

test('where nothing is closed at the start nothing ever is, and agents go on', () => {
  const { population } = openBusy({ statusShares: openOnes });
  population.advanceTo(startMs + 3 * hourMs);
  const moved = population.truth.filter(
    ({ kind, by }) => kind === 'status_changed' && by === 'agent',
  );
  expect(moved.length).toBeGreaterThan(1000);
  expect(moved.filter(({ to }) => to === 'CLOSED')).toEqual([]);
});

test('all history is at least a second old, so that no news can be mistaken for it', () => {
  const { population } = openBusy({ contacts: 50_000 });
  const newest = Math.max(...population.listed().map(({ createdAtMs }) => createdAtMs));
  expect(newest).toBeLessThanOrEqual(startMs - 1000);
});

test('the statuses at the start have the shares that were set, custom ones too', async () => {
  const inbox = openBusy({
    contacts: 10_000,
    statusShares: { CLOSED: 60, OPEN: 30, 'VIP wait': 10 },
  });
  const counts = Map.groupBy(inbox.population.listed(), ({ status }) => status);
  expect([...counts.keys()].sort()).toEqual(['CLOSED', 'OPEN', 'VIP wait']);
  // Five standard deviations of a binomial of 10,000 are at most 250.
  for (const [status, expected] of [
    ['CLOSED', 6000],
    ['OPEN', 3000],
    ['VIP wait', 1000],
  ] as const) {
    expect(Math.abs((counts.get(status)?.length ?? 0) - expected)).toBeLessThan(250);
  }
});

test('an inbox where all is open, and one where all is closed, live on', () => {
  for (const statusShares of [{ OPEN: 1 }, { CLOSED: 1 }]) {
    const { population } = openBusy({ statusShares });
    population.advanceTo(startMs + hourMs);
    expect(population.truth.length).toBeGreaterThan(500);
  }
});

test('an inbox of nobody is filled by those who come', async () => {
  const inbox = openBusy({ contacts: 0 });
  inbox.clock.nowMs += hourMs;
  expect((await inbox.ask()).length).toBeGreaterThan(0);
});
