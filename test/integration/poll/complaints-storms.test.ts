import { expect, test } from 'vitest';
import { openConnection } from '../../support/stage.ts';
import { watchInbox } from '../../support/watching.ts';

const connection = await openConnection();

const minute = 60_000;

type Watching = Awaited<ReturnType<typeof watchInbox>>;

async function stepsOf({ statusChanges }: Watching) {
  return (await statusChanges()).map(({ data }) => data.changes?.status);
}

/** Ids by which a subscriber may tell events apart: one each, or it would drop some as doubles. */
async function expectDistinctIds({ events }: Watching) {
  const ids = (await events()).map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
}

test('PipedreamHQ/pipedream#9712: people who come or change seconds apart are all told', async () => {
  const watching = await watchInbox(connection);
  const { byAge, pass, poll, simulator, news } = watching;
  const expected: [string, string][] = [];
  // From the newest to the oldest, so that no mark of the greatest id or stamp would let the next one through.
  for (const { id } of byAge().slice(0, 10).reverse()) {
    pass(2000);
    simulator.population.agentSetsStatus(id, 'Waiting');
    expected.push(['contact.status_changed', id]);
    expected.push(['contact.created', simulator.population.createContact().id]);
    await poll();
  }
  pass(10_000);
  await poll();
  expect((await news()).toSorted()).toEqual(expected.toSorted());
  await expectDistinctIds(watching);
});

test('PipedreamHQ/pipedream#2086: each change of one contact is told, seconds apart and the same as one before', async () => {
  const watching = await watchInbox(connection);
  const { byAge, pollFor, simulator } = watching;
  const { id = '', status = '' } = byAge()[20] ?? {};
  for (const next of ['Waiting', status, 'Waiting', status]) {
    simulator.population.agentSetsStatus(id, next);
    await pollFor(10_000);
  }
  const [there, back] = [
    { from: status, to: 'Waiting' },
    { from: 'Waiting', to: status },
  ];
  expect(await stepsOf(watching)).toEqual([there, back, there, back]);
  await expectDistinctIds(watching);
});

test('huginn/huginn#2753: a return to an earlier value is told wherever both changes were seen', async () => {
  const watching = await watchInbox(connection);
  const { byAge, pollFor, simulator } = watching;
  const { id = '', status = '' } = byAge()[20] ?? {};
  const { length } = await watching.events();
  simulator.population.agentSetsStatus(id, 'REVIEW');
  await pollFor(20_000);
  simulator.population.agentSetsStatus(id, status);
  await pollFor(20_000);
  const told = (await watching.events()).slice(length);
  expect(told).toMatchObject([
    { data: { changes: { status: { from: status, to: 'REVIEW' } } } },
    { data: { changes: { status: { from: 'REVIEW', to: status } } } },
  ]);
});

test('PipedreamHQ/pipedream#6198: an hour of noise in records that are read over and over makes no event', async () => {
  const { pollFor, simulator, clock, events } = await watchInbox(connection);
  const { population } = simulator;
  const shownBefore = simulator.requests.received.length;
  const ids = population.listed().map(({ id }) => id);
  for (let times = 0; times < 30; times += 1) {
    for (const id of ids.slice(times, times + 10)) {
      population.edit(id, {
        unreadMessages: times,
        notes: [`Called ${times} times.`],
        summary: `As of ${clock.nowMs}.`,
        onlineUntilMs: clock.nowMs + minute,
      });
    }
    await pollFor(2 * minute, 2 * minute);
  }
  expect(simulator.requests.received.length - shownBefore).toBeGreaterThan(100);
  expect(await events()).toEqual([]);
});

test('chatwoot/chatwoot#11973: who is merely seen again makes no event', async () => {
  const { pollFor, simulator, byAge, alter, clock, events } = await watchInbox(connection);
  const { id } = byAge()[30] ?? {};
  let timesShown = 0;
  alter((page, { lastSeenFromMs }) => {
    const looksOn = page.contacts.map((contact) =>
      contact.id === id
        ? { ...contact, lastSeenAtMs: clock.nowMs, updatedAtMs: clock.nowMs }
        : contact,
    );
    if (lastSeenFromMs === undefined && looksOn.some((contact) => contact.id === id)) {
      timesShown += 1;
    }
    return { ...page, contacts: looksOn };
  });
  await pollFor(5 * minute);
  expect(timesShown).toBeGreaterThan(10);
  expect(simulator.population.truth).toEqual([]);
  expect(await events()).toEqual([]);
});

test('chatwoot/chatwoot#9277: an agent who is assigned along with a status makes both events', async () => {
  const { pollFor, simulator, byAge, news } = await watchInbox(connection);
  const { id = '' } = byAge()[30] ?? {};
  simulator.population.assign(id, '5fed38e56fb193dcc6c933f5');
  simulator.population.agentSetsStatus(id, 'Waiting');
  await pollFor(20_000);
  expect(await news()).toEqual([
    ['contact.status_changed', id],
    ['contact.assigned', id],
  ]);
});

test('memiiso/debezium-server-iceberg#544: answers of a replica that is behind overwrite nothing newer', async () => {
  const watching = await watchInbox(connection, {
    simulator: { lies: { staleAnswers: 0.5, staleMs: 30_000 } },
  });
  const { byAge, pollFor, simulator, news } = watching;
  await pollFor(minute);
  const { id = '', status = '' } = byAge()[20] ?? {};
  for (const next of ['Waiting', 'REVIEW']) {
    simulator.population.agentSetsStatus(id, next);
    await pollFor(2 * minute);
  }
  expect(await stepsOf(watching)).toEqual([
    { from: status, to: 'Waiting' },
    { from: 'Waiting', to: 'REVIEW' },
  ]);
  expect(await news()).toHaveLength(2);
});
