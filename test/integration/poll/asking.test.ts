import { expect, test } from 'vitest';
import type { InboxAnswer } from '#inbox/client.ts';
import type { Budget, RateCut, RequestGrant, Wish } from '#store/budget.ts';
import { setUpPolling } from '../../support/polling.ts';
import { openConnection, silentLog } from '../../support/stage.ts';

const connection = await openConnection();

/** A source, and what was done to the budget of its token. */
async function withBudget(answer?: InboxAnswer, cut: RateCut = { halved: true, limitInForce: 50 }) {
  const setup = await setUpPolling(connection, { simulator: { contacts: 3 } });
  const silences: number[] = [];
  const wishes: Wish[] = [];
  const warnings: unknown[] = [];
  const counts = { granted: 0, settled: 0 };
  const budget: Pick<Budget, 'take'> = {
    async take(_token, wish): Promise<RequestGrant> {
      wishes.push(wish);
      counts.granted += 1;
      const settle = async () => {
        counts.settled += 1;
      };
      const limited = async (durationMs: number) => {
        silences.push(durationMs);
        return cut;
      };
      return { kind: 'granted', settle, limited };
    },
  };
  const log = { ...silentLog, warn: (...line: unknown[]) => warnings.push(line), info: () => {} };
  Object.assign(setup.ports, { budget, log });
  if (answer) Object.assign(setup.ports, { inbox: { listContacts: async () => answer } });
  return { ...setup, silences, wishes, warnings, counts };
}

const tooMany: InboxAnswer = { kind: 'limited', retryAfterMs: 7000, message: 'too many' };

test('a 429 keeps everyone with this token away for as long as the inbox asks', async () => {
  const { poll, silences } = await withBudget(tooMany);
  await poll();
  expect(silences).toEqual([7000]);
});

test('a 429 that does not say for how long keeps everyone away for half a minute', async () => {
  const { poll, silences } = await withBudget({ ...tooMany, retryAfterMs: null });
  await poll();
  expect(silences).toEqual([30_000]);
});

test('a rate that is halved because someone else uses the token is logged once', async () => {
  const { poll, warnings, source } = await withBudget(tooMany);
  await poll();
  const line = { source_id: source.id, limit: 1_000_000, limit_in_force: 50 };
  expect(warnings).toContainEqual([line, 'budget.halved']);
  const again = await withBudget(tooMany, { halved: false, limitInForce: 50 });
  await again.poll();
  expect(again.warnings).toMatchObject([[{}, 'poll.failed']]);
});

test('the hot window is in a hurry and the background is not', async () => {
  const { poll, wishes, source, simulator } = await withBudget();
  await poll();
  const { received } = simulator.requests;
  expect(received.length).toBe(wishes.length);
  const hot = received.map(({ filters }) => 'lastSeenAt' in filters);
  expect(new Set(hot)).toEqual(new Set([true, false]));
  expect(wishes.map(({ urgent }) => urgent)).toEqual(hot);
  expect(new Set(wishes.map(({ asker }) => asker))).toEqual(new Set([source.id]));
});

test('nobody takes a place in the queue for longer than there is time', async () => {
  const { poll, wishes } = await withBudget();
  await poll();
  const patience = wishes.map(({ urgent, patienceMs }) => ({ urgent, patienceMs }));
  expect(patience[0]).toEqual({ urgent: true, patienceMs: 60_000 });
  const last = patience.at(-1);
  expect(last?.urgent).toBe(false);
  expect(last?.patienceMs).toBeLessThan(10_000);
});

test('a source whose token is held back keeps its error, since nothing was read meanwhile', async () => {
  const { poll, pass, ports, clock, state } = await withBudget(tooMany);
  const firstFailureMs = clock.nowMs;
  await poll();
  const wait: RequestGrant = { kind: 'wait', waitMs: 86_400_000 };
  Object.assign(ports, { budget: { ...ports.budget, take: async () => wait } });
  pass(90_000);
  await poll();
  expect(await state()).toMatchObject({ error: { kind: 'limited', sinceMs: firstFailureMs } });
});

test('every request that was granted is settled, answered well or not', async () => {
  const { poll, ports, counts } = await withBudget();
  await poll();
  expect(counts.granted).toBeGreaterThan(2);
  expect(counts.settled).toBe(counts.granted);
  const failed: InboxAnswer = { kind: 'unavailable', reason: 'timeout', message: '' };
  Object.assign(ports, { inbox: { listContacts: async () => failed } });
  await poll();
  expect(counts.settled).toBe(counts.granted);
});

test('an inbox that ignores lastSeenAt is not read whole as the hot window, and nothing counts as covered', async () => {
  const { poll, simulator, state, events, pass } = await setUpPolling(connection, {
    simulator: { filters: { lastSeenAt: 'never' } },
  });
  pass(3_600_000);
  await poll();
  const hot = simulator.requests.received.filter(({ filters }) => 'lastSeenAt' in filters);
  expect(hot.map(({ page }) => page)).toEqual([1]);
  expect((await state()).coveredUntilMs).toBeUndefined();
  expect(await state()).toMatchObject({ contacts: 100 });
  expect(await events()).toEqual([]);
});

test('of a contact that a page shows twice the later state counts', async () => {
  const { poll, pass, ports, source, events, simulator } = await setUpPolling(connection);
  await poll();
  pass(10_000);
  const [someone] = simulator.population.listed();
  const { listContacts } = ports.inbox;
  let old: InboxAnswer | null = null;
  Object.assign(ports, {
    inbox: {
      async listContacts(...request: Parameters<typeof listContacts>): Promise<InboxAnswer> {
        if (old === null) {
          old = await listContacts(source, {}, 1);
          simulator.population.agentSetsStatus(someone?.id ?? '', 'REVIEW');
        }
        const answer = await listContacts(...request);
        if (answer.kind !== 'page' || old.kind !== 'page') return answer;
        return { ...answer, contacts: [...answer.contacts, ...old.contacts] };
      },
    },
  });
  await poll();
  expect((await events()).map(({ data }) => data.changes?.status?.to)).toEqual(['REVIEW']);
});

test('a reading that a clock far ahead began is not waited for', async () => {
  const { poll, pass, clock, source, events, simulator } = await setUpPolling(connection);
  await poll();
  const future = {
    nextPage: null,
    startedAtMs: clock.nowMs + 1e9,
    lastFirstId: null,
    endSigns: 2,
    records: 0,
  };
  const key = `{source:${source.id}}:state`;
  await connection.redis.hset(key, 'reading', JSON.stringify(future));
  pass(3_600_000);
  simulator.population.agentSetsStatus(simulator.population.listed().at(-1)?.id ?? '', 'REVIEW');
  pass(1000);
  await poll();
  expect(await events()).toMatchObject([{ data: { changes: { status: { to: 'REVIEW' } } } }]);
});
