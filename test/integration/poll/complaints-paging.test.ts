import { expect, test } from 'vitest';
import type { InboxAnswer } from '#inbox/client.ts';
import { setUpPolling } from '../../support/polling.ts';
import { openConnection } from '../../support/stage.ts';
import { watchInbox } from '../../support/watching.ts';

const connection = await openConnection();

const minute = 60_000;
const hotOnly = { sweepIntervalMs: 1e12 };

type Watching = Awaited<ReturnType<typeof watchInbox>>;

/** Who changed to this status, as it was told; each time counts. */
async function toldOf({ statusChanges }: Watching, status: string): Promise<string[]> {
  const found = (await statusChanges()).filter(({ data }) => data.changes?.status?.to === status);
  return found.map(({ data }) => String(data.contact?._id)).sort();
}

const idsOf = (contacts: readonly { readonly id: string }[]) => contacts.map(({ id }) => id);

test('airbytehq/airbyte#21500: rows that change places while page after page is read are not skipped', async () => {
  const filters = { createdAt: 'never', status: 'never' } as const;
  const watching = await watchInbox(connection, { simulator: { sort: 'updatedAt', filters } });
  const { alter, pollFor, simulator } = watching;
  const changed: string[] = [];
  alter((page) => {
    // From the pages still to come to the front of those that were read.
    const last = simulator.population.listed().findLast(({ id }) => !changed.includes(id));
    if (last !== undefined && changed.length < 30) {
      simulator.population.agentSetsStatus(last.id, 'Waiting');
      changed.push(last.id);
    }
    return page;
  });
  await pollFor(5 * minute, 20_000);
  expect(changed).toHaveLength(30);
  expect(await toldOf(watching, 'Waiting')).toEqual(changed.sort());
  expect((await watching.news()).map(([type]) => type)).not.toContain('contact.deleted');
});

test('airbytehq/airbyte#69203: an index that lags by less than the overlap hides nobody from the hot window', async () => {
  const { pollFor, simulator, news } = await watchInbox(connection, {
    simulator: { lies: { indexLagMs: 45_000 } },
    ports: hotOnly,
  });
  await pollFor(minute);
  const { id } = simulator.population.createContact();
  await pollFor(40_000);
  expect(await news()).toEqual([]);
  await pollFor(20_000);
  expect(await news()).toEqual([['contact.created', id]]);
});

test('airbytehq/airbyte#69203: an index that lags by more is made up for by the background', async () => {
  const { pollFor, simulator, news } = await watchInbox(connection, {
    simulator: { lies: { indexLagMs: 10 * minute } },
  });
  await pollFor(11 * minute, minute);
  const { id } = simulator.population.createContact();
  await pollFor(12 * minute, minute);
  expect(await news()).toEqual([['contact.created', id]]);
});

test('airbytehq/airbyte#66592, #58666, #56370: an inbox that stops paging at some depth hides nobody, since slices reach everybody', async () => {
  const mostPages = 10;
  const setup = await setUpPolling(connection, { simulator: { contacts: 1000 } });
  const { ports, poll, pass, simulator, state, events } = setup;
  const { listContacts } = ports.inbox;
  Object.assign(ports, {
    inbox: {
      async listContacts(...request: Parameters<typeof listContacts>): Promise<InboxAnswer> {
        const answer = await listContacts(...request);
        if (answer.kind !== 'page' || request[2] <= mostPages) return answer;
        return { ...answer, contacts: [], recordCount: 0 };
      },
    },
  });
  async function pollOften() {
    for (let polls = 0; polls < 4; polls += 1) {
      pass(30_000);
      await poll();
    }
  }
  await poll();
  expect((await state()).baselineContacts).toBeLessThan(1000);
  await pollOften();
  expect(await state()).toMatchObject({ contacts: 1000 });
  expect(await events()).toEqual([]);
  const changed = idsOf(simulator.population.listed()).filter((_, place) => place % 40 === 0);
  for (const id of changed) simulator.population.agentSetsStatus(id, 'Waiting');
  await pollOften();
  const told = (await events()).map(({ data }) => data.contact?._id);
  expect(told.sort()).toEqual(changed.sort());
});

test('airbytehq/airbyte#86465: pages that shrink, and short ones before the last, hide nobody', async () => {
  const watching = await watchInbox(connection, { simulator: { lies: { shortPages: 0.2 } } });
  const { pollFor, simulator, state, news, byAge } = watching;
  simulator.setPageSize(8);
  const changed = idsOf(byAge().filter((_, place) => place % 5 === 0));
  for (const id of changed) simulator.population.agentSetsStatus(id, 'Waiting');
  await pollFor(10 * minute, 30_000);
  expect(await toldOf(watching, 'Waiting')).toEqual(changed.sort());
  expect((await news()).map(([type]) => type)).not.toContain('contact.deleted');
  expect(await state()).toMatchObject({ contacts: 100 });
});

test('airbytehq/airbyte#39105: once everybody is known, nothing is read by counting pages', async () => {
  const { pollFor, simulator, byAge } = await watchInbox(connection, {
    simulator: { contacts: 400 },
  });
  const before = simulator.requests.received.length;
  for (const [place, { id }] of byAge().entries()) {
    if (place % 8 === 0) simulator.population.agentSetsStatus(id, 'Waiting');
  }
  await pollFor(2 * minute, 30_000);
  const pages = simulator.requests.received.slice(before).map(({ page }) => page);
  expect(pages.length).toBeGreaterThan(50);
  expect(new Set(pages)).toEqual(new Set([1]));
});
