import { expect, test } from 'vitest';
import { openConnection } from '../../support/stage.ts';
import { watchInbox, without } from '../../support/watching.ts';

const connection = await openConnection();

const second = 1000;
const minute = 60_000;

/** An inbox that can only be read from the first page to the last, and is known as such. */
async function watchPages(options: Parameters<typeof watchInbox>[1] = {}) {
  const watching = await watchInbox(connection, {
    simulator: { contacts: 200, filters: { createdAt: 'never', status: 'never' } },
    ...options,
  });
  await watching.pollFor(2 * minute);
  expect((await watching.state()).learned?.createdAt.verdict).toBe('ignored');
  return watching;
}

test('who is deleted is announced after three complete readings without them, and not before', async () => {
  const { byAge, pollFor, news, simulator } = await watchPages();
  const gone = byAge()[100]?.id ?? '';
  simulator.population.remove(gone);
  await pollFor(20 * second);
  expect(await news()).toEqual([]);
  await pollFor(10 * second);
  expect(await news()).toEqual([['contact.deleted', gone]]);
});

test('who is back in the third reading was never gone', async () => {
  const { clock, byAge, pollFor, news, alter, state } = await watchPages();
  const hidden = byAge()[100]?.id ?? '';
  const untilMs = clock.nowMs + 25 * second;
  alter((page) => (clock.nowMs < untilMs ? without(page, [hidden]) : page));
  await pollFor(2 * minute);
  expect(await news()).toEqual([]);
  expect(await state()).toMatchObject({ contacts: 200 });
});

test('many deletions at once are announced when they have been gone for a minute', async () => {
  const { byAge, pollFor, news, simulator } = await watchPages();
  const gone = byAge()
    .slice(100, 110)
    .map(({ id }) => id);
  for (const id of gone) simulator.population.remove(id);
  await pollFor(minute);
  expect(await news()).toEqual([]);
  await pollFor(5 * minute);
  expect((await news()).toSorted()).toEqual(gone.map((id) => ['contact.deleted', id]));
});

test('an inbox that shows less than half of everyone is not believed', async () => {
  const { clock, byAge, pollFor, news, alter, state } = await watchPages();
  const hidden = byAge()
    .slice(0, 120)
    .map(({ id }) => id);
  const untilMs = clock.nowMs + 5 * minute;
  alter((page) => (clock.nowMs < untilMs ? without(page, hidden) : page));
  await pollFor(8 * minute);
  expect(await news()).toEqual([]);
  expect(await state()).toMatchObject({ contacts: 200 });
});

test('a change is announced with the next reading', async () => {
  const { byAge, pollFor, news, simulator } = await watchPages();
  const { id = '' } = byAge()[100] ?? {};
  simulator.population.agentSetsStatus(id, 'Waiting for parts');
  await pollFor(10 * second);
  expect(await news()).toEqual([['contact.status_changed', id]]);
});

test('whoever is gone from a scope is not announced, for nobody can tell who was deleted', async () => {
  const { byAge, pollFor, news, simulator, state } = await watchPages({
    scope: { isContact: true },
  });
  const before = (await state()).contacts ?? 0;
  const gone = byAge().find(({ isContact }) => isContact)?.id ?? '';
  simulator.population.remove(gone);
  await pollFor(2 * minute);
  expect(await news()).toEqual([]);
  expect((await state()).contacts).toBe(before - 1);
});

test('servers of one inbox whose clocks differ delete nobody', async () => {
  const { pollFor, news, alter, state } = await watchPages();
  let answers = 0;
  alter((page) => {
    answers += 1;
    const serverTimeMs = (page.serverTimeMs ?? 0) - (answers % 4 === 0 ? 3 * minute : 0);
    return { ...page, serverTimeMs };
  });
  await pollFor(3 * minute);
  expect(await news()).toEqual([]);
  expect(await state()).toMatchObject({ contacts: 200 });
});
