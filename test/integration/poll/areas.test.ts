import { expect, test } from 'vitest';
import { openConnection } from '../../support/stage.ts';
import { firstOf, watchInbox, without } from '../../support/watching.ts';

const connection = await openConnection();

const second = 1000;
const minute = 60_000;
const manyOpen = { CLOSED: 70, OPEN: 15, INPROGRESS: 10, ONHOLD: 5 };
const inbox = { simulator: { contacts: 200, statusShares: manyOpen } };

test.each([
  ['OPEN', 'INPROGRESS'],
  ['OPEN', 'CLOSED'],
  ['CLOSED', 'REVIEW'],
  ['CLOSED', 'Waiting for parts'],
  ['ONHOLD', 'Waiting for parts'],
])('an agent who moves somebody from %s to %s is noticed within two polls', async (from, to) => {
  const { pollFor, ofStatus, statusChanges, simulator } = await watchInbox(connection, inbox);
  const { id } = ofStatus(from);
  simulator.population.agentSetsStatus(id, to);
  await pollFor(20 * second);
  expect(await statusChanges()).toMatchObject([
    {
      type: 'contact.status_changed',
      data: { contact: { _id: id }, changes: { status: { from, to } } },
    },
  ]);
});

test('who vanishes from a list is looked for where they were created, and announced as they are', async () => {
  const { pollFor, ofStatus, events, simulator } = await watchInbox(connection, inbox);
  const { id, createdAtMs, name } = ofStatus('OPEN');
  simulator.population.agentSetsStatus(id, 'CLOSED');
  const before = simulator.requests.received.length;
  await pollFor(10 * second);
  const startAt = new Date(createdAtMs - 1000).toISOString();
  const asked = simulator.requests.received.slice(before).map(({ filters }) => filters);
  const verified = asked.filter((filters) => JSON.stringify(filters).includes(startAt));
  expect(verified.length).toBeGreaterThan(0);
  expect(verified[0]).not.toHaveProperty('status');
  expect(await events()).toMatchObject([
    { data: { contact: { _id: id, status: 'CLOSED', profile: { userDetails: { name } } } } },
  ]);
});

test('a bulk close is announced for each of them, once', async () => {
  const { pollFor, statusChanges, simulator } = await watchInbox(connection, inbox);
  const closed = simulator.population.bulkClose(30);
  await pollFor(2 * minute);
  const announced = (await statusChanges()).map(({ data }) => data.contact?._id);
  expect(announced.toSorted()).toEqual(closed.toSorted());
});

test('a deletion is announced after two readings and a look-up, ten seconds apart', async () => {
  const { clock, pollFor, ofStatus, events, simulator, state } = await watchInbox(
    connection,
    inbox,
  );
  const { id } = ofStatus('CLOSED');
  const removedAtMs = clock.nowMs;
  simulator.population.remove(id);
  while ((await events()).length === 0 && clock.nowMs < removedAtMs + minute) {
    await pollFor(second, second);
  }
  expect(clock.nowMs - removedAtMs).toBeGreaterThanOrEqual(20 * second);
  const [event] = await events();
  expect(event).toMatchObject({ type: 'contact.deleted', data: { contact: { _id: id } } });
  expect(Object.keys(event?.data.contact ?? {}).sort()).toEqual(
    ['_agentAssigned', '_id', 'createdAt', 'status'].sort(),
  );
  expect(await state()).toMatchObject({ contacts: 199 });
  await pollFor(minute);
  expect(await events()).toHaveLength(1);
});

test('who is hidden for a while and back at the look-up was never deleted', async () => {
  const { clock, pollFor, ofStatus, events, alter, state } = await watchInbox(connection, inbox);
  const { id } = ofStatus('CLOSED');
  const untilMs = clock.nowMs + 25 * second;
  alter((page) => (clock.nowMs < untilMs ? without(page, [id]) : page));
  await pollFor(2 * minute);
  expect(await events()).toEqual([]);
  expect(await state()).toMatchObject({ contacts: 200 });
});

test('who is deleted together with the nearest neighbours is noticed all the same', async () => {
  const { pollFor, byAge, news, simulator } = await watchInbox(connection, inbox);
  const gone = byAge()
    .slice(100, 105)
    .map(({ id }) => id);
  for (const id of gone) simulator.population.remove(id);
  await pollFor(3 * minute);
  expect((await news()).toSorted()).toEqual(gone.map((id) => ['contact.deleted', id]).toSorted());
});

test.each([
  ['a few of every age', (place: number) => place % 20 === 0],
  ['more than a page side by side', (place: number) => place >= 100 && place < 130],
  ['the oldest', (place: number) => place < 25],
  ['the newest', (place: number) => place >= 175],
])('many deletions at once, %s, are announced after a minute', async (_, isGone) => {
  const { pollFor, byAge, news, simulator } = await watchInbox(connection, inbox);
  const gone = byAge()
    .filter((_contact, place) => isGone(place))
    .map(({ id }) => id);
  for (const id of gone) simulator.population.remove(id);
  await pollFor(minute);
  expect(await news()).toEqual([]);
  await pollFor(6 * minute);
  expect((await news()).toSorted()).toEqual(gone.map((id) => ['contact.deleted', id]).toSorted());
});

test.each([
  ['every answer', () => true],
  ['every answer to a slice', (question: object) => 'createdFromMs' in question],
  ['every answer to a list', (question: object) => 'statuses' in question],
])('an inbox that empties %s for three minutes deletes nobody', async (_, isEmptied) => {
  const { clock, pollFor, events, alter, state } = await watchInbox(connection, {
    simulator: { ...inbox.simulator, contacts: 60 },
  });
  const untilMs = clock.nowMs + 3 * minute;
  alter((page, question) =>
    clock.nowMs < untilMs && isEmptied(question) ? { ...page, contacts: [], recordCount: 0 } : page,
  );
  await pollFor(5 * minute);
  expect(await events()).toEqual([]);
  expect(await state()).toMatchObject({ contacts: 60 });
});

test('a page that grew too full is cut smaller until everyone on it is known', async () => {
  const { clock, pollFor, byAge, events, simulator, state } = await watchInbox(connection, inbox);
  const createdAtMs = byAge()[100]?.createdAtMs ?? 0;
  const crowd = Array.from({ length: 40 }, (_, place) =>
    simulator.population.createContact({ createdAtMs: createdAtMs + 1 + place, status: 'ONHOLD' }),
  );
  expect(clock.nowMs - createdAtMs).toBeGreaterThan(minute);
  await pollFor(minute);
  expect(await state()).toMatchObject({ contacts: 240, learned: { pageSize: 20 } });
  expect(await events()).toEqual([]);
  simulator.population.agentSetsStatus(crowd[20]?.id ?? '', 'OPEN');
  await pollFor(20 * second);
  expect(await events()).toMatchObject([{ data: { contact: { _id: crowd[20]?.id } } }]);
});

test('an import of more than a page in one millisecond is watched like anybody else', async () => {
  const { clock, pollFor, news, simulator, state } = await watchInbox(connection, inbox);
  const createdAtMs = clock.nowMs - 30 * minute;
  const imported = Array.from(
    { length: 50 },
    () => simulator.population.createContact({ createdAtMs, isImported: true }).id,
  );
  await pollFor(minute);
  expect(await state()).toMatchObject({ contacts: 250 });
  const before = (await news()).length;
  const [changed = '', deleted = ''] = imported.slice(30);
  simulator.population.agentSetsStatus(changed, 'CLOSED');
  simulator.population.remove(deleted);
  await pollFor(2 * minute);
  expect((await news()).slice(before)).toEqual([
    ['contact.status_changed', changed],
    ['contact.deleted', deleted],
  ]);
});

test('a deletion in a crowd of one second is noticed', async () => {
  const { clock, pollFor, news, simulator } = await watchInbox(connection, inbox);
  const startMs = clock.nowMs - 30 * minute;
  const crowd = Array.from(
    { length: 50 },
    (_, place) => simulator.population.createContact({ createdAtMs: startMs + place * 10 }).id,
  );
  await pollFor(minute);
  const before = (await news()).length;
  simulator.population.remove(crowd[40] ?? '');
  await pollFor(2 * minute);
  expect((await news()).slice(before)).toEqual([['contact.deleted', crowd[40]]]);
});

test('a page size that shrinks deletes nobody, and hides nobody', async () => {
  const { pollFor, ofStatus, news, simulator, state, alter } = await watchInbox(connection, inbox);
  alter((page) => firstOf(page, 10));
  await pollFor(5 * minute);
  expect(await news()).toEqual([]);
  expect(await state()).toMatchObject({ contacts: 200, learned: { pageSize: 10 } });
  const { id } = ofStatus('OPEN');
  simulator.population.agentSetsStatus(id, 'ONHOLD');
  await pollFor(20 * second);
  expect(await news()).toEqual([['contact.status_changed', id]]);
});

test('somebody who was deleted and is shown in passing keeps no one else from being looked for', async () => {
  const { clock, pollFor, byAge, news, alter, simulator } = await watchInbox(connection, inbox);
  const [ghost, other] = [byAge()[50], byAge()[120]];
  if (ghost === undefined || other === undefined) throw new Error('The inbox is too small.');
  let shown: Parameters<Parameters<typeof alter>[0]>[0]['contacts'][number] | undefined;
  let showUntilMs = 0;
  alter((page, question) => {
    shown ??= page.contacts.find(({ id }) => id === ghost.id);
    const isGhostly = clock.nowMs < showUntilMs && question.lastSeenFromMs !== undefined;
    return isGhostly && shown !== undefined
      ? { ...page, contacts: [...page.contacts, shown], recordCount: page.recordCount + 1 }
      : page;
  });
  await pollFor(10 * second);
  simulator.population.remove(ghost.id);
  while ((await news()).length === 0) await pollFor(second, second);
  showUntilMs = clock.nowMs + 1500;
  await pollFor(3 * second, second);
  simulator.population.remove(other.id);
  await pollFor(3 * minute);
  expect(await news()).toEqual([
    ['contact.deleted', ghost.id],
    ['contact.deleted', other.id],
  ]);
});
