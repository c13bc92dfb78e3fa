import { expect, test } from 'vitest';
import type { InboxAnswer } from '#inbox/client.ts';
import { setUpPolling } from '../../support/polling.ts';
import { openConnection } from '../../support/stage.ts';

const connection = await openConnection();

async function watching(options: Parameters<typeof setUpPolling>[1] = {}) {
  const setup = await setUpPolling(connection, options);
  await setup.poll();
  setup.pass(10_000);
  const [someone] = setup.simulator.population.listed();
  if (someone === undefined) throw new Error('The simulated inbox is empty.');
  return { ...setup, someone };
}

test('a visitor who reopens a conversation is an event with both statuses and the moment', async () => {
  const { poll, pass, clock, events, simulator } = await watching();
  const closed = simulator.population.listed().find(({ status }) => status === 'CLOSED');
  const changedAtMs = clock.nowMs;
  simulator.population.visitorWrites(closed?.id ?? '');
  pass(4000);
  await poll();
  const [event] = await events();
  expect(event).toMatchObject({
    type: 'contact.status_changed',
    data: { changes: { status: { from: 'CLOSED', to: 'OPEN' } }, contact: { _id: closed?.id } },
  });
  const { notBefore, notAfter } = event?.data.occurred ?? { notBefore: null, notAfter: '' };
  expect(Date.parse(notBefore ?? '')).toBeLessThanOrEqual(changedAtMs);
  expect(Date.parse(notAfter)).toBeGreaterThanOrEqual(changedAtMs);
});

test('a status that an agent changes without moving lastSeenAt is found by the background reading', async () => {
  const { poll, pass, events, simulator, someone } = await watching();
  pass(3_600_000);
  await poll();
  pass(10_000);
  simulator.population.agentSetsStatus(someone.id, 'Waiting for parts');
  pass(10_000);
  await poll();
  expect(await events()).toMatchObject([
    { data: { changes: { status: { to: 'Waiting for parts' } } } },
  ]);
});

test('polling twice announces nothing twice', async () => {
  const { poll, pass, events, simulator, someone } = await watching();
  simulator.population.agentSetsStatus(someone.id, 'REVIEW');
  for (let times = 0; times < 3; times += 1) {
    pass(10_000);
    await poll();
  }
  expect(await events()).toHaveLength(1);
});

test('an outage is read over, not skipped', async () => {
  const { poll, pass, events, simulator, ports } = await watching();
  const { listContacts } = ports.inbox;
  const failing: InboxAnswer = { kind: 'unavailable', reason: 'server_error', message: 'down' };
  Object.assign(ports, { inbox: { listContacts: async () => failing }, sweepIntervalMs: 1e12 });
  pass(60_000);
  const created = simulator.population.createContact();
  for (let minute = 0; minute < 30; minute += 1) {
    pass(60_000);
    expect(await poll()).toMatchObject({ kind: 'failed' });
  }
  Object.assign(ports, { inbox: { listContacts } });
  await poll();
  const ofContacts = (await events()).filter(({ data }) => data.contact !== undefined);
  expect(ofContacts).toMatchObject([{ data: { contact: { _id: created.id } } }]);
});

test.each([-3_600_000, 3_600_000])(
  'a clock that is off by %i ms neither misses nor invents',
  async (clockOffsetMs) => {
    const { poll, pass, events, simulator } = await watching({ clockOffsetMs });
    expect(await events()).toEqual([]);
    const created = simulator.population.createContact();
    pass(2000);
    await poll();
    expect(await events()).toMatchObject([
      { type: 'contact.created', data: { contact: { _id: created.id } } },
    ]);
  },
);

test('n8n-io/n8n#36340: a second poller finds the source held, and the first looks again', async () => {
  const setup = await watching();
  const { ports, poll, simulator, pass } = setup;
  const { listContacts } = ports.inbox;
  let second: unknown;
  Object.assign(ports, {
    inbox: {
      async listContacts(...request: Parameters<typeof listContacts>) {
        second ??= await poll();
        return listContacts(...request);
      },
    },
  });
  const before = simulator.requests.received.length;
  pass(1000);
  expect(await poll()).toEqual({ kind: 'polled', again: true });
  expect(second).toEqual({ kind: 'skipped', reason: 'held' });
  expect(simulator.requests.received.length).toBeGreaterThan(before);
});

test('n8n-io/n8n#36340: a poller that lost its lease writes nothing more', async () => {
  const setup = await watching();
  const { ports, poll, pass, simulator, events, state, source } = setup;
  const { listContacts } = ports.inbox;
  Object.assign(ports, {
    inbox: {
      async listContacts(...request: Parameters<typeof listContacts>) {
        const answer = await listContacts(...request);
        await connection.redis.hset(`{source:${source.id}}:state`, 'epoch', '9999999999999');
        return answer;
      },
    },
  });
  const before = await state();
  simulator.population.createContact();
  pass(1000);
  await poll();
  expect(await events()).toEqual([]);
  expect(await state()).toEqual(before);
});

test('a poll aborted while the inbox answers leaves no trace', async () => {
  const { ports, poll, pass, simulator, events, state } = await watching();
  const abort = new AbortController();
  const { listContacts } = ports.inbox;
  Object.assign(ports, {
    inbox: {
      async listContacts(...request: Parameters<typeof listContacts>) {
        abort.abort();
        return listContacts(...request);
      },
    },
  });
  const before = await state();
  simulator.population.createContact();
  pass(1000);
  await poll(abort.signal);
  expect(await state()).toEqual(before);
  expect(await events()).toEqual([]);
});

test('a Redis found empty means a new baseline, not a storm', async () => {
  const { poll, pass, events, store, source, simulator, state } = await watching();
  const before = (await state()).baselineId;
  const keys = await connection.redis.keys(`{source:${source.id}}*`);
  await connection.redis.unlink(...keys);
  await store.sources.create(source);
  pass(1000);
  await poll();
  expect(await events()).toEqual([]);
  expect((await state()).baselineId).not.toBe(before);
  pass(1000);
  simulator.population.createContact();
  pass(1000);
  await poll();
  expect(await events()).toHaveLength(1);
});

test('a token that may not be used for long lets go of the source', async () => {
  const { ports, poll, pass } = await watching();
  const waitMs = 24 * 3_600_000;
  Object.assign(ports, {
    budget: { ...ports.budget, take: async () => ({ kind: 'wait', waitMs }) },
  });
  pass(1000);
  expect(await poll()).toEqual({ kind: 'polled', again: false });
});

test('a background that keeps failing is not forgotten because the hot window works', async () => {
  const { ports, poll, pass, state, clock } = await watching();
  const { listContacts } = ports.inbox;
  Object.assign(ports, {
    inbox: {
      async listContacts(...request: Parameters<typeof listContacts>): Promise<InboxAnswer> {
        if (request[1].lastSeenFromMs !== undefined) return listContacts(...request);
        return { kind: 'unavailable', reason: 'server_error', message: 'page 1 is broken' };
      },
    },
  });
  pass(10_000);
  const firstFailureMs = clock.nowMs;
  await poll();
  pass(90_000);
  await poll();
  expect(await state()).toMatchObject({ error: { sinceMs: firstFailureMs } });
  Object.assign(ports, { inbox: { listContacts } });
  pass(10_000);
  await poll();
  expect(await state()).toMatchObject({ error: null });
});

test('a poll that breaks lets go of the source', async () => {
  const { ports, poll, store, source } = await watching();
  Object.assign(ports, {
    inbox: {
      listContacts: async () => {
        throw new TypeError('not foreseen');
      },
    },
  });
  await expect(poll()).rejects.toThrow('not foreseen');
  expect(await store.sourceLeases.acquire(source.id)).toMatchObject({ kind: 'acquired' });
});
