import { expect, test } from 'vitest';
import { openConnection } from '../../support/stage.ts';
import { watchInbox } from '../../support/watching.ts';

const connection = await openConnection();

const second = 1000;
const minute = 60_000;

/** One in twenty-five of an inbox of a thousand is a very important person, and only these are watched. */
async function watchFew() {
  const watching = await watchInbox(connection, {
    simulator: { contacts: 1000 },
    scope: { tags: ['watched'] },
    arrange: ({ population }) => {
      for (const [place, { id }] of population.listed().entries()) {
        if (place % 25 === 0) population.edit(id, { tags: ['watched'] });
      }
    },
  });
  const watched = watching.byAge().filter(({ tags }) => tags.includes('watched'));
  return { ...watching, watched: watched.map(({ id }) => id) };
}

test('only who is in the scope is known', async () => {
  const { watched, state, events } = await watchFew();
  expect(watched).toHaveLength(40);
  expect(await state()).toMatchObject({ contacts: 40 });
  expect(await events()).toEqual([]);
});

test('who leaves the scope is not deleted, and is no news', async () => {
  const { pollFor, watched, simulator, state, events } = await watchFew();
  simulator.population.edit(watched[20] ?? '', { tags: [] });
  await pollFor(2 * minute);
  expect(await events()).toEqual([]);
  expect(await state()).toMatchObject({ contacts: 39 });
});

test('who is deleted in the scope is announced, however many others stand between', async () => {
  const { pollFor, watched, simulator, news } = await watchFew();
  simulator.population.remove(watched[20] ?? '');
  await pollFor(2 * minute);
  expect(await news()).toEqual([['contact.deleted', watched[20]]]);
});

test('a change in the scope is announced, and none outside of it', async () => {
  const { pollFor, watched, byAge, simulator, news } = await watchFew();
  const other = byAge().find(({ id }) => !watched.includes(id));
  simulator.population.agentSetsStatus(other?.id ?? '', 'Waiting');
  simulator.population.agentSetsStatus(watched[5] ?? '', 'Waiting');
  await pollFor(20 * second);
  expect(await news()).toEqual([['contact.status_changed', watched[5]]]);
});
