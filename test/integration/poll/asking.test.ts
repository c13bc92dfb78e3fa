import { expect, test } from 'vitest';
import type { InboxAnswer } from '#inbox/client.ts';
import type { Budget, RequestGrant } from '#store/budget.ts';
import { setUpPolling } from '../../support/polling.ts';
import { openConnection } from '../../support/stage.ts';

const connection = await openConnection();

/** A source, and what was done to the budget of its token. */
async function withBudget(answer?: InboxAnswer) {
  const setup = await setUpPolling(connection, { simulator: { contacts: 3 } });
  const blocked: number[] = [];
  const counts = { granted: 0, settled: 0 };
  const budget: Pick<Budget, 'take' | 'block'> = {
    async take(): Promise<RequestGrant> {
      counts.granted += 1;
      const settle = async () => {
        counts.settled += 1;
      };
      return { kind: 'granted', settle };
    },
    async block(_token, durationMs) {
      blocked.push(durationMs);
    },
  };
  Object.assign(setup.ports, { budget });
  if (answer) Object.assign(setup.ports, { inbox: { listContacts: async () => answer } });
  return { ...setup, blocked, counts };
}

test('a 429 keeps everyone with this token away for as long as the inbox asks', async () => {
  const { poll, blocked } = await withBudget({ kind: 'limited', retryAfterMs: 7000, message: '' });
  await poll();
  expect(blocked).toEqual([7000]);
});

test('a 429 that does not say for how long keeps everyone away for half a minute', async () => {
  const { poll, blocked } = await withBudget({ kind: 'limited', retryAfterMs: null, message: '' });
  await poll();
  expect(blocked).toEqual([30_000]);
});

test('a source whose token is held back keeps its error, since nothing was read meanwhile', async () => {
  const { poll, pass, ports, clock, state } = await withBudget({
    kind: 'limited',
    retryAfterMs: 86_400_000,
    message: 'too many requests',
  });
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
  const future = { nextPage: null, startedAtMs: clock.nowMs + 1e9, lastFirstId: null, endSigns: 2 };
  const key = `{source:${source.id}}:state`;
  await connection.redis.hset(key, 'reading', JSON.stringify(future));
  pass(3_600_000);
  simulator.population.agentSetsStatus(simulator.population.listed().at(-1)?.id ?? '', 'REVIEW');
  pass(1000);
  await poll();
  expect(await events()).toMatchObject([{ data: { changes: { status: { to: 'REVIEW' } } } }]);
});
