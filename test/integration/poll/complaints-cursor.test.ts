import { expect, test } from 'vitest';
import { sourceKeys } from '#store/keys.ts';
import { openConnection } from '../../support/stage.ts';
import { watchInbox } from '../../support/watching.ts';

const connection = await openConnection();

const minute = 60_000;
/** So that only the hot window can find what happens. */
const hotOnly = { ports: { sweepIntervalMs: 1e12 } };

type Watching = Awaited<ReturnType<typeof watchInbox>>;

function setPaused({ store, source }: Watching, paused: boolean) {
  return store.sources.update(source.id, (found) => ({ ...found, paused }));
}

test('activepieces/activepieces#13311: what happens while a source is paused is told when it is resumed', async () => {
  const watching = await watchInbox(connection, hotOnly);
  const { pass, pollFor, simulator, news, openSecond } = watching;
  await setPaused(watching, true);
  pass(5 * minute);
  const { id } = simulator.population.createContact();
  await pollFor(30 * minute, minute);
  expect(await news()).toEqual([]);
  await setPaused(watching, false);
  await openSecond()();
  expect(await news()).toEqual([['contact.created', id]]);
});

test('n8n-io/n8n#35251: a poller left over from before, with an answer in hand, is fenced off', async () => {
  const { ports, pass, poll, openSecond, simulator, source, state, news } =
    await watchInbox(connection);
  const { id } = simulator.population.createContact();
  const { listContacts } = ports.inbox;
  const { received } = simulator.requests;
  let left: unknown;
  async function takeOver() {
    // As it stands when a process has slept for longer than its lease lasts.
    await connection.redis.hset(sourceKeys(source.id).state, 'leaseUntilMs', '0');
    await openSecond()();
    left = { state: await state(), requests: received.length };
  }
  let isFirst = true;
  Object.assign(ports, {
    inbox: {
      async listContacts(...request: Parameters<typeof listContacts>) {
        const answer = await listContacts(...request);
        const isToSleep = isFirst;
        isFirst = false;
        if (isToSleep) await takeOver();
        return answer;
      },
    },
  });
  pass(10_000);
  await poll();
  expect({ state: await state(), requests: received.length }).toEqual(left);
  expect(await news()).toEqual([['contact.created', id]]);
});

test('airbytehq/airbyte#80152: who is stamped with the very moment of the reading, but comes after it, arrives', async () => {
  const { alter, clock, poll, pollFor, simulator, news } = await watchInbox(connection, hotOnly);
  const ids: string[] = [];
  alter((page) => {
    ids.push(simulator.population.createContact({ createdAtMs: clock.nowMs }).id);
    return page;
  });
  await poll();
  expect(ids).toHaveLength(1);
  expect(await news()).toEqual([]);
  alter((page) => page);
  await pollFor(20_000);
  expect(await news()).toEqual([['contact.created', ids[0]]]);
});

test('MeltanoLabs/tap-github#196: a process that starts again goes on from what is stored and repeats nothing', async () => {
  const { pass, poll, openSecond, simulator, events, state, byAge } = await watchInbox(connection);
  const { population } = simulator;
  population.createContact();
  population.agentSetsStatus(byAge()[3]?.id ?? '', 'Waiting');
  pass(10_000);
  await poll();
  const told = await events();
  const { baselineId } = await state();
  expect(told).toHaveLength(2);
  for (let restarts = 0; restarts < 5; restarts += 1) {
    pass(10_000);
    await openSecond()();
  }
  expect(await events()).toEqual(told);
  expect(await state()).toMatchObject({ baselineId, contacts: 101 });
});

test('MeltanoLabs/Singer-Working-Group#13: who stands in the overlap of many windows is told once', async () => {
  const { alter, pollFor, simulator, news } = await watchInbox(connection, hotOnly);
  const { id } = simulator.population.createContact();
  let timesShown = 0;
  alter((page) => {
    if (page.contacts.some((contact) => contact.id === id)) timesShown += 1;
    return page;
  });
  await pollFor(2 * minute);
  expect(timesShown).toBeGreaterThan(4);
  expect(await news()).toEqual([['contact.created', id]]);
});
