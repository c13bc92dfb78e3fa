import { pino } from 'pino';
import { expect, test } from 'vitest';
import type { InboxAnswer } from '#inbox/client.ts';
import type { RequestGrant } from '#store/budget.ts';
import { setUpPolling } from '../../support/polling.ts';
import { openConnection } from '../../support/stage.ts';

const connection = await openConnection();

test('PipedreamHQ/pipedream#4709: existing contacts are not news, and the source says how far their reading has come', async () => {
  const { poll, events, state, clock } = await setUpPolling(connection);
  expect(await poll()).toEqual({ kind: 'polled', again: false });
  expect(await events()).toEqual([]);
  const after = await state();
  expect(after).toMatchObject({
    contacts: 100,
    baselineContacts: 100,
    verifiedFromMs: clock.nowMs,
    baselineStartedAtMs: Math.floor(clock.nowMs / 1000) * 1000,
    reading: { nextPage: null },
  });
  expect(after.baselineCompletedAtMs).toBeGreaterThanOrEqual(after.baselineStartedAtMs ?? 0);
});

test('a contact created after the connection is announced once', async () => {
  const { poll, pass, events, simulator } = await setUpPolling(connection);
  await poll();
  pass(5000);
  const created = simulator.population.createContact();
  pass(5000);
  await poll();
  pass(10_000);
  await poll();
  expect(await events()).toMatchObject([
    { type: 'contact.created', data: { reason: 'new', contact: { _id: created.id } } },
  ]);
});

test('a contact created while the baseline is still running is announced, and no one else', async () => {
  let pages = 0;
  const setup = await setUpPolling(connection, { simulator: { contacts: 200 } });
  const { ports, simulator, pass, poll, events, state } = setup;
  const listContacts = ports.inbox.listContacts;
  const signal = new AbortController();
  Object.assign(ports, {
    inbox: {
      async listContacts(...request: Parameters<typeof listContacts>) {
        pages += 1;
        if (pages === 5) signal.abort();
        return listContacts(...request);
      },
    },
  });
  await poll(signal.signal);
  expect((await state()).baselineCompletedAtMs).toBeUndefined();
  pass(3000);
  const created = simulator.population.createContact();
  pass(7000);
  await poll();
  expect((await state()).baselineCompletedAtMs).toBeDefined();
  expect(await events()).toMatchObject([{ data: { contact: { _id: created.id } } }]);
});

test('a baseline aborted half-way goes on where it stopped', async () => {
  let readPages: number[] = [];
  const setup = await setUpPolling(connection, { simulator: { contacts: 300 } });
  const { ports, poll, events, state } = setup;
  const listContacts = ports.inbox.listContacts;
  let failFrom = 8;
  Object.assign(ports, {
    inbox: {
      async listContacts(...request: Parameters<typeof listContacts>): Promise<InboxAnswer> {
        const [, question, page] = request;
        if (Object.keys(question).length === 0) readPages.push(page);
        if (page === failFrom) return { kind: 'unavailable', reason: 'timeout', message: 'cut' };
        return listContacts(...request);
      },
    },
  });
  expect(await poll()).toMatchObject({ kind: 'failed' });
  expect(readPages).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect((await state()).error).toMatchObject({
    kind: 'timeout',
    message: expect.stringMatching(/^cut\. .+INBOX_TIMEOUT_MS/),
  });
  failFrom = 0;
  readPages = [];
  expect(await poll()).toMatchObject({ kind: 'polled' });
  expect(readPages[0]).toBe(8);
  expect(await state()).toMatchObject({ contacts: 300, error: null });
  expect(await events()).toEqual([]);
});

test('an import is announced as one, and an old contact that turns up untouched is not', async () => {
  const { poll, pass, events, simulator, state } = await setUpPolling(connection);
  await poll();
  pass(10_000);
  const imported = simulator.population.createContact({ isImported: true });
  pass(1000);
  await poll();
  expect(await events()).toMatchObject([
    { type: 'contact.created', data: { reason: 'imported', contact: { _id: imported.id } } },
  ]);
  expect((await state()).lateSeeds).toBeUndefined();
});

test('the baseline goes on although the hot window outlasts the interval', async () => {
  const { poll, pass, state, ports } = await setUpPolling(connection, {
    simulator: { contacts: 60 },
    ports: { intervalMs: 100 },
  });
  const { take } = ports.budget;
  let asked = 0;
  Object.assign(ports, {
    budget: {
      ...ports.budget,
      async take(...request: Parameters<typeof take>): Promise<RequestGrant> {
        asked += 1;
        return asked % 2 === 1 ? { kind: 'wait', waitMs: 200 } : take(...request);
      },
    },
    wait: async (durationMs: number) => pass(durationMs),
  });
  for (let page = 1; page <= 5; page += 1) await poll();
  expect(await state()).toMatchObject({ contacts: 60, reading: { nextPage: null } });
});

test('a short page or one empty answer is not the end of the baseline', async () => {
  const { poll, pass, state, events, ports, simulator } = await setUpPolling(connection);
  const { listContacts } = ports.inbox;
  let isEmptied = false;
  Object.assign(ports, {
    inbox: {
      async listContacts(...request: Parameters<typeof listContacts>): Promise<InboxAnswer> {
        const answer = await listContacts(...request);
        if (answer.kind !== 'page' || Object.keys(request[1]).length > 0) return answer;
        if (request[2] === 3 && !isEmptied) {
          isEmptied = true;
          return { ...answer, contacts: [], recordCount: 0 };
        }
        return request[2] === 2
          ? { ...answer, recordCount: 19, contacts: answer.contacts.slice(1) }
          : answer;
      },
    },
  });
  await poll();
  // Whoever the short page left out is found by the slices that are read next.
  expect(await state()).toMatchObject({ contacts: 100, baselineContacts: 99 });
  pass(10_000);
  const last = simulator.population.listed().at(-1);
  simulator.population.visitorWrites(last?.id ?? '');
  pass(1000);
  await poll();
  expect((await events()).map(({ type }) => type)).not.toContain('contact.created');
});

test('a source whose clock says 1970 and whose records carry odd dates is read all the same', async () => {
  const { poll, state, ports } = await setUpPolling(connection, { simulator: { contacts: 5 } });
  const { listContacts } = ports.inbox;
  Object.assign(ports, {
    inbox: {
      async listContacts(...request: Parameters<typeof listContacts>): Promise<InboxAnswer> {
        const answer = await listContacts(...request);
        if (answer.kind !== 'page') return answer;
        return { ...answer, answeredAtMs: answer.askedAtMs + 100, serverTimeMs: 0 };
      },
    },
  });
  expect(await poll()).toMatchObject({ kind: 'polled' });
  expect(await state()).toMatchObject({ contacts: 5 });
});

test('who is created in the second of the connection, but after it, is announced', async () => {
  const { poll, pass, events, simulator } = await setUpPolling(connection);
  await poll();
  pass(350);
  const created = simulator.population.createContact();
  pass(9000);
  await poll();
  expect(await events()).toMatchObject([{ data: { reason: 'new', contact: { _id: created.id } } }]);
});

test('who was created just before the connection is no news, though our clock is an hour ahead', async () => {
  const { poll, pass, events, simulator } = await setUpPolling(connection, {
    clockOffsetMs: -3_600_000,
  });
  simulator.population.createContact();
  pass(100);
  await poll();
  pass(10_000);
  await poll();
  expect(await events()).toEqual([]);
});

test('an inbox that answers every page with the first is known whole before anything is news', async () => {
  const simulator = { contacts: 500, lies: { ignoresPage: true } };
  const { poll, pass, state, events } = await setUpPolling(connection, { simulator });
  while ((await state()).baselineCompletedAtMs === undefined) {
    await poll();
    pass(10_000);
  }
  expect(await state()).toMatchObject({ baselineContacts: 500 });
  expect(await events()).toEqual([]);
});

test('while the first reading runs, the log tells how far it is', async () => {
  const lines: { msg?: string; contacts?: number }[] = [];
  const log = pino({ base: null }, { write: (line) => lines.push(JSON.parse(line)) });
  const { poll } = await setUpPolling(connection, {
    simulator: { contacts: 100, pageSize: 20 },
    ports: { log },
  });
  await poll();
  // The clock stands still, so that the first page is told alone.
  const told = lines.filter(({ msg }) => msg === 'baseline.progressed');
  expect(told).toMatchObject([
    { contacts: 20, progress: expect.stringContaining('20 contacts read') },
  ]);
  expect(lines.filter(({ msg }) => msg === 'baseline.completed')).toHaveLength(1);
});
