import { expect, test } from 'vitest';

import { type SimulatorOptions, type SortOrder, sortOrders } from '#simulator/settings.ts';
import { openInbox, startMs } from './open-inbox.ts';

const at = new Date(startMs + 60_000).toISOString();

/** One closed contact, a minute later. */
function openWithOne(options: SimulatorOptions = {}) {
  const inbox = openInbox(options);
  const { id } = inbox.population.createContact({
    status: 'CLOSED',
    agent: null,
    isAgentic: true,
  });
  inbox.clock.nowMs += 60_000;
  const see = async () => (await inbox.ask())[0]!;
  const truth = () => inbox.population.truth.slice(1);
  return { ...inbox, id, see, truth };
}

test('a visitor who writes is seen, and reopens what was closed', async () => {
  const { id, population, see, truth } = openWithOne();
  const before = await see();
  population.visitorWrites(id, 'Still leaking!');
  expect(await see()).toMatchObject({
    status: 'OPEN',
    lastSeenAt: '2026-06-12T10:01:00.000Z',
    updatedAt: at,
    lastMessage: { at, text: 'Still leaking!', by: 'user' },
    unreadMessages: Number(before.unreadMessages) + 1,
    isOnline: true,
  });
  expect(truth()).toEqual([
    { at, contactId: id, kind: 'message', by: 'visitor' },
    { at, contactId: id, kind: 'status_changed', from: 'CLOSED', to: 'OPEN', by: 'visitor' },
  ]);
});

test('a visitor who writes changes no status but CLOSED', async () => {
  const { id, population, see } = openWithOne();
  population.agentSetsStatus(id, 'ONHOLD');
  population.visitorWrites(id);
  expect((await see()).status).toBe('ONHOLD');
});

test('an agent who sets a status moves updatedAt and not lastSeenAt', async () => {
  const { id, population, see, truth } = openWithOne();
  const before = await see();
  population.agentSetsStatus(id, 'VIP wait');
  expect(await see()).toEqual({ ...before, status: 'VIP wait', updatedAt: at });
  expect(truth()).toEqual([
    { at, contactId: id, kind: 'status_changed', from: 'CLOSED', to: 'VIP wait', by: 'agent' },
  ]);
});

test('the same status again is no change', async () => {
  const { id, population, see, truth } = openWithOne();
  const before = await see();
  population.agentSetsStatus(id, 'CLOSED');
  expect(await see()).toEqual(before);
  expect(truth()).toEqual([]);
});

test('updatedAt moves at every write, also within one millisecond', async () => {
  const { id, population, see } = openWithOne();
  const seen = [];
  for (const status of ['OPEN', 'REVIEW', 'OPEN']) {
    population.agentSetsStatus(id, status);
    seen.push((await see()).updatedAt);
  }
  expect(new Set(seen).size).toBe(3);
  expect(seen).toEqual(seen.toSorted());
});

test('a live chat lasts as long as an agent is at it', async () => {
  const { id, population, see } = openWithOne();
  const seen = [];
  for (const status of ['INPROGRESS', 'REVIEW']) {
    population.agentSetsStatus(id, status);
    seen.push((await see()).isLiveChatActive);
  }
  expect(seen).toEqual([true, false]);
});

test('whoever goes through the list may remove from it meanwhile', () => {
  const { population } = openInbox({ contacts: 50 });
  for (const { id } of population.listed()) population.remove(id);
  expect(population.listed()).toEqual([]);
});

test('agents come and go, in the truth by their ids', async () => {
  const { id, population, see, truth } = openWithOne();
  population.assign(id, 'a1');
  population.assign(id, 'a1');
  expect(await see()).toMatchObject({ _agentAssigned: 'a1', updatedAt: at });
  population.assign(id, 'a2');
  population.assign(id, null);
  expect(await see()).not.toHaveProperty('_agentAssigned');
  const common = { at, contactId: id, kind: 'assigned', by: 'agent' };
  expect(truth()).toEqual([
    { ...common, to: 'a1' },
    { ...common, from: 'a1', to: 'a2' },
    { ...common, from: 'a2' },
  ]);
});

test('a bulk close tells whom it closed', async () => {
  const inbox = openInbox();
  const ids = ['OPEN', 'CLOSED', 'REVIEW'].map(
    (status) => inbox.population.createContact({ status }).id,
  );
  expect(inbox.population.bulkClose(ids)).toEqual([ids[0], ids[2]]);
  expect((await inbox.ask()).map(({ status }) => status)).toEqual(['CLOSED', 'CLOSED', 'CLOSED']);
});

test('a removed contact is gone, or listed as DELETED, as the settings say', async () => {
  const gone = openWithOne();
  gone.population.remove(gone.id);
  expect(await gone.ask()).toEqual([]);
  expect(
    await gone.ask({ createdAt: { startAt: '2000-01-01T00:00:00.000Z', endsAt: '' } }),
  ).toEqual([]);
  const common = { at, contactId: gone.id, by: 'agent' };
  expect(gone.truth()).toEqual([{ ...common, kind: 'deleted', from: 'CLOSED' }]);

  const listed = openWithOne({ deleted: 'listed' });
  listed.population.agentSetsStatus(listed.id, 'DELETED');
  listed.population.remove(listed.id);
  expect((await listed.see()).status).toBe('DELETED');
  expect(listed.truth()).toEqual([
    { ...common, kind: 'status_changed', from: 'CLOSED', to: 'DELETED' },
    { ...common, kind: 'deleted', from: 'CLOSED', to: 'DELETED' },
  ]);
});

test('who left neither e-mail nor phone is no contact yet', async () => {
  const inbox = openInbox();
  const phone = { prefix: '', number: '' };
  inbox.population.createContact({ platform: 'WEBSITE', email: '', phone });
  expect((await inbox.ask())[0]?.isContact).toBe(false);
  inbox.population.createContact({ platform: 'WEBSITE', email: 'a@example.com', phone });
  expect(await inbox.ask({ isContact: true })).toHaveLength(1);
});

test('an imported contact has never interacted, until they write', async () => {
  const inbox = openInbox();
  const { id } = inbox.population.createContact({ isImported: true });
  const silent = { isImported: true, userInteracted: false, isOnline: false, unreadMessages: 0 };
  expect((await inbox.ask())[0]).toMatchObject(silent);
  inbox.population.visitorWrites(id);
  expect((await inbox.ask())[0]).toMatchObject({ isImported: true, userInteracted: true });
});

test('someone online is so for two minutes after they wrote', async () => {
  const { clock, ask } = openWithOne();
  const seenMs = Date.parse((await ask())[0]!.lastSeenAt);
  clock.nowMs = seenMs + 119_999;
  expect((await ask())[0]?.isOnline).toBe(true);
  clock.nowMs = seenMs + 120_000;
  expect((await ask())[0]?.isOnline).toBe(false);
});

test('a contact can be of long ago and still be news now', async () => {
  const inbox = openInbox({ contacts: 5 });
  const { id } = inbox.population.createContact({ createdAtMs: Date.UTC(2025, 0, 1) });
  expect(inbox.population.truth).toEqual([
    {
      at: new Date(startMs).toISOString(),
      contactId: id,
      kind: 'created',
      to: 'OPEN',
      by: 'visitor',
    },
  ]);
  const createdAt = { startAt: '', endsAt: '2025-01-01' };
  expect(await inbox.askIds({ createdAt })).toContain(id);
});

test('commands about nobody are refused by name', () => {
  const { population } = openInbox();
  expect(() => population.visitorWrites('nobody')).toThrow('no contact nobody');
  expect(() => population.bulkClose(['nobody'])).toThrow('no contact nobody');
});

test('the inbox’s clock stamps everything, however far it is off', async () => {
  const inbox = openInbox({ clockOffsetMs: 3_600_000 });
  inbox.population.createContact();
  const createdAt = new Date(startMs + 3_600_000).toISOString();
  expect((await inbox.ask())[0]?.createdAt).toBe(createdAt);
  expect(inbox.population.truth[0]?.at).toBe(createdAt);
});

const stamps: Record<Exclude<SortOrder, 'none'>, 'lastSeenAt' | 'createdAt' | 'updatedAt'> = {
  lastSeenAt: 'lastSeenAt',
  createdAt: 'createdAt',
  updatedAt: 'updatedAt',
};

test.each(Object.entries(stamps))(
  'sorted by %s the newest come first, also after a write',
  async (sort, stamp) => {
    const inbox = openInbox({ contacts: 200, pageSize: 200, sort: sort as SortOrder });
    const newestFirst = async () => {
      const times = (await inbox.ask()).map((person) => person[stamp]);
      expect(times).toEqual(times.toSorted().reverse());
    };
    await newestFirst();
    inbox.clock.nowMs += 60_000;
    for (const { id } of inbox.population.listed().filter((_, index) => index % 7 === 0)) {
      inbox.population.visitorWrites(id);
    }
    inbox.population.createContact();
    await newestFirst();
  },
);

test('unsorted, the order is like no stamp and stays as it is', async () => {
  const inbox = openInbox({ contacts: 200, pageSize: 200, sort: 'none' });
  const people = await inbox.ask();
  for (const stamp of Object.values(stamps)) {
    const times = people.map((person) => person[stamp]);
    expect(times).not.toEqual(times.toSorted());
    expect(times).not.toEqual(times.toSorted().reverse());
  }
  inbox.clock.nowMs += 60_000;
  inbox.population.visitorWrites(people[100]!._id);
  expect((await inbox.ask()).map(({ _id }) => _id)).toEqual(people.map(({ _id }) => _id));
});

test.each(sortOrders)('page by page, sorted by %s, everyone is shown once', async (sort) => {
  const inbox = openInbox({ contacts: 45, pageSize: 20, sort });
  const pages = await Promise.all([1, 2, 3, 4, 99].map((page) => inbox.askIds({ page })));
  expect(pages.map(({ length }) => length)).toEqual([20, 20, 5, 0, 0]);
  expect(new Set(pages.flat()).size).toBe(45);
});
