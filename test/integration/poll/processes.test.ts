import { expect, test } from 'vitest';
import { openConnection } from '../../support/stage.ts';
import { watchInbox, without } from '../../support/watching.ts';

const connection = await openConnection();

const second = 1000;
const minute = 60_000;
const inbox = {
  simulator: { contacts: 200, statusShares: { CLOSED: 70, OPEN: 20, INPROGRESS: 10 } },
};

test('two processes that poll in turn miss nothing, and announce nothing twice', async () => {
  const watching = await watchInbox(connection, inbox);
  const { byAge, openSecond, poll, pass, news, simulator, state } = watching;
  const processes = [openSecond(), poll];
  const people = byAge().filter(({ status }) => status === 'OPEN');
  const expected: [string, string][] = [];
  for (const [turn, { id }] of people.slice(0, 8).entries()) {
    const created = simulator.population.createContact();
    simulator.population.agentSetsStatus(id, turn % 2 === 0 ? 'ONHOLD' : 'CLOSED');
    expected.push(['contact.created', created.id], ['contact.status_changed', id]);
    pass(10 * second);
    await processes[turn % 2]?.();
  }
  pass(10 * second);
  await poll();
  expect((await news()).toSorted()).toEqual(expected.toSorted());
  expect(await state()).toMatchObject({ contacts: 208 });
});

test('what another process found is known to the one that polled before', async () => {
  const { openSecond, poll, pass, ofStatus, news, simulator } = await watchInbox(connection, inbox);
  const second2 = openSecond();
  const { id } = ofStatus('CLOSED');
  simulator.population.agentSetsStatus(id, 'OPEN');
  pass(10 * second);
  await second2();
  simulator.population.agentSetsStatus(id, 'CLOSED');
  // Only whoever knows that they were open misses them in that list.
  pass(10 * second);
  await poll();
  expect(await news()).toEqual([
    ['contact.status_changed', id],
    ['contact.status_changed', id],
  ]);
});

test('a process that begins anew finds a change and a deletion all the same', async () => {
  const { openSecond, pass, ofStatus, news, simulator } = await watchInbox(connection, inbox);
  const [changed, deleted] = [ofStatus('OPEN'), ofStatus('CLOSED')];
  simulator.population.agentSetsStatus(changed.id, 'CLOSED');
  simulator.population.remove(deleted.id);
  const anew = openSecond();
  for (let times = 0; times < 12; times += 1) {
    pass(10 * second);
    await anew();
  }
  expect((await news()).toSorted()).toEqual([
    ['contact.deleted', deleted.id],
    ['contact.status_changed', changed.id],
  ]);
});

test('memory that is lost before every poll loses no change and deletes nobody', async () => {
  const { openSecond, pass, ofStatus, news, simulator, state } = await watchInbox(
    connection,
    inbox,
  );
  const { id } = ofStatus('OPEN');
  simulator.population.agentSetsStatus(id, 'Waiting for parts');
  for (let passedMs = 0; passedMs < 3 * minute; passedMs += 10 * second) {
    pass(10 * second);
    await openSecond()();
  }
  expect(await news()).toEqual([['contact.status_changed', id]]);
  expect(await state()).toMatchObject({ contacts: 200 });
});

test('two processes that poll in turn announce who is deleted, and not who was seen by either', async () => {
  const watching = await watchInbox(connection, inbox);
  const { clock, openSecond, poll, pass, news, ofStatus, simulator, alter } = watching;
  const [deleted, hidden] = [ofStatus('CLOSED').id, ofStatus('OPEN').id];
  simulator.population.remove(deleted);
  const startMs = clock.nowMs;
  // Only one of the two ever misses them.
  alter((page) => ((clock.nowMs - startMs) % (20 * second) === 0 ? without(page, [hidden]) : page));
  const processes = [openSecond(), poll];
  for (let turn = 0; turn < 12; turn += 1) {
    // Somebody new comes at every turn, so what the other process remembers is out of date.
    simulator.population.createContact();
    pass(10 * second);
    await processes[turn % 2]?.();
  }
  const deletions = (await news()).filter(([type]) => type === 'contact.deleted');
  expect(deletions).toEqual([['contact.deleted', deleted]]);
});
