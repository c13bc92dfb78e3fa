import { expect, test } from 'vitest';
import { openConnection } from '../../support/stage.ts';
import { watchInbox } from '../../support/watching.ts';

const connection = await openConnection();

const second = 1000;
const minute = 60_000;
const inbox = {
  simulator: { contacts: 200, statusShares: { CLOSED: 70, OPEN: 20, INPROGRESS: 10 } },
};

test('a status filter that is ignored costs lists, not changes, and is tried again', async () => {
  const watching = await watchInbox(connection, inbox);
  const { pollFor, ofStatus, statusChanges, simulator, state, beDeafTo } = watching;
  expect((await state()).learned?.status.verdict).toBe('honoured');
  beDeafTo('statuses');
  await pollFor(20 * second);
  expect((await state()).learned?.status.verdict).toBe('ignored');
  const { id } = ofStatus('OPEN');
  simulator.population.agentSetsStatus(id, 'ONHOLD');
  await pollFor(20 * second);
  expect(await statusChanges()).toMatchObject([{ data: { contact: { _id: id } } }]);
  beDeafTo();
  await pollFor(8 * minute);
  expect((await state()).learned?.status.verdict).toBe('ignored');
  await pollFor(3 * minute);
  expect((await state()).learned?.status.verdict).toBe('honoured');
  expect(await statusChanges()).toHaveLength(1);
});

test('a creation filter that is ignored leads to reading page by page, and is tried again', async () => {
  const watching = await watchInbox(connection, inbox);
  const { pollFor, ofStatus, statusChanges, simulator, state, beDeafTo } = watching;
  beDeafTo('createdFromMs', 'createdToMs');
  await pollFor(minute);
  expect((await state()).learned?.createdAt.verdict).toBe('ignored');
  const { id } = ofStatus('OPEN');
  simulator.population.agentSetsStatus(id, 'ONHOLD');
  await pollFor(20 * second);
  expect(await statusChanges()).toMatchObject([{ data: { contact: { _id: id } } }]);
  beDeafTo();
  await pollFor(12 * minute);
  expect((await state()).learned?.createdAt.verdict).toBe('honoured');
  expect(await statusChanges()).toHaveLength(1);
});

test('filters that stay ignored are tried no more than once in ten minutes', async () => {
  const { pollFor, simulator, state } = await watchInbox(connection, {
    simulator: { ...inbox.simulator, filters: { createdAt: 'never', status: 'never' } },
  });
  await pollFor(2 * minute);
  expect((await state()).learned).toMatchObject({
    createdAt: { verdict: 'ignored' },
    status: { verdict: 'ignored' },
  });
  const before = simulator.requests.received.length;
  await pollFor(31 * minute);
  const asked = simulator.requests.received.slice(before).map(({ filters }) => filters);
  const countOf = (name: string) => asked.filter((filters) => name in filters).length;
  expect(countOf('createdAt')).toBe(3);
  expect(countOf('status')).toBe(3);
});
