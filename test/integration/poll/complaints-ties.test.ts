import { expect, test } from 'vitest';
import { openConnection } from '../../support/stage.ts';
import { watchInbox, without } from '../../support/watching.ts';

const connection = await openConnection();

const minute = 60_000;
/** So that only the hot window can find what happens. */
const hotOnly = { sweepIntervalMs: 1e12 };
const inSeconds = { stampsInSeconds: true, boundsInSeconds: true };

type Watching = Awaited<ReturnType<typeof watchInbox>>;

/** Sixty people whom one import has created in the same millisecond, three pages of them. */
function importSixty({ simulator }: Watching): string[] {
  const made = Array.from({ length: 60 }, () =>
    simulator.population.createContact({ isImported: true }),
  );
  expect(new Set(made.map(({ createdAtMs }) => createdAtMs)).size).toBe(1);
  return made.map(({ id }) => id).sort();
}

async function told({ news }: Watching, type: string): Promise<(string | undefined)[]> {
  const found = (await news()).filter(([each]) => each === type);
  return found.map(([, id]) => String(id)).sort();
}

test.each([{}, inSeconds])(
  'airbytehq/airbyte#10782: sixty who share a millisecond all arrive, each once, with lies %o',
  async (lies) => {
    const watching = await watchInbox(connection, { simulator: { lies }, ports: hotOnly });
    const ids = importSixty(watching);
    await watching.pollFor(2 * minute);
    expect(await told(watching, 'contact.created')).toEqual(ids);
  },
);

test.each([{}, inSeconds, { bounds: 'exclusive' } as const])(
  'airbytehq/airbyte#14732: what changes among sixty who share a millisecond is told, each once, with lies %o',
  async (lies) => {
    const watching = await watchInbox(connection, { simulator: { lies } });
    const ids = importSixty(watching);
    await watching.pollFor(minute, 20_000);
    watching.simulator.population.bulkClose(ids);
    await watching.pollFor(3 * minute, 20_000);
    expect(await told(watching, 'contact.status_changed')).toEqual(ids);
    expect(await told(watching, 'contact.deleted')).toEqual([]);
  },
);

test('airbytehq/airbyte#85918: who is written late, with the very stamp that the last reading ended at, arrives', async () => {
  const watching = await watchInbox(connection, { ports: hotOnly });
  const { clock, pollFor, poll, simulator } = watching;
  const first = simulator.population.createContact();
  await poll();
  const boundaryMs = clock.nowMs;
  await pollFor(10_000);
  expect(await told(watching, 'contact.created')).toEqual([first.id]);
  const late = simulator.population.createContact({ createdAtMs: boundaryMs });
  await pollFor(20_000);
  expect(await told(watching, 'contact.created')).toEqual([first.id, late.id].sort());
});

test.each(['inclusive', 'exclusive'] as const)(
  'huginn/huginn#3703: stamps cut to the second, at bounds that are %s, lose nobody and repeat nobody',
  async (bounds) => {
    const lies = { ...inSeconds, bounds };
    const watching = await watchInbox(connection, { simulator: { lies }, ports: hotOnly });
    const ids: string[] = [];
    // Several in each second, before and after each of the polls that fall into it.
    for (let steps = 0; steps < 150; steps += 1) {
      ids.push(watching.simulator.population.createContact().id);
      if (steps % 4 === 1) await watching.poll();
      watching.pass(330);
    }
    await watching.pollFor(3 * minute);
    expect(await told(watching, 'contact.created')).toEqual(ids.sort());
  },
);

test('n8n-io/n8n#2817: an inbox whose stamps are cut to the minute is neither missed nor repeated', async () => {
  const watching = await watchInbox(connection);
  const { alter, pass, poll, pollFor, simulator, statusChanges, byAge } = watching;
  const toMinute = (timeMs: number | null) =>
    timeMs === null ? null : Math.floor(timeMs / minute) * minute;
  alter((page, { lastSeenFromMs = 0 }) => {
    const cut = page.contacts.map((contact) => ({
      ...contact,
      lastSeenAtMs: toMinute(contact.lastSeenAtMs),
      updatedAtMs: toMinute(contact.updatedAtMs),
    }));
    // Its filter compares what it shows.
    const hidden = cut.filter(({ lastSeenAtMs }) => (lastSeenAtMs ?? 0) < lastSeenFromMs);
    return without(
      { ...page, contacts: cut },
      hidden.map(({ id }) => id),
    );
  });
  const { id = '' } = byAge()[10] ?? {};
  const ids: string[] = [];
  for (const status of ['Waiting', 'REVIEW', 'Waiting', 'CLOSED']) {
    simulator.population.agentSetsStatus(id, status);
    ids.push(simulator.population.createContact().id);
    pass(10_000);
    await poll();
    pass(4000);
    await poll();
  }
  await pollFor(5 * minute);
  const steps = (await statusChanges()).map(({ data }) => data.changes?.status);
  expect(steps.map((step) => step?.to)).toEqual(['Waiting', 'REVIEW', 'Waiting', 'CLOSED']);
  expect(await told(watching, 'contact.created')).toEqual(ids.sort());
});
