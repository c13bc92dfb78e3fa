import { expect, test } from 'vitest';

import type { Contact } from '#domain/contact.ts';
import { createInbox, type InboxAnswer } from '#inbox/client.ts';
import type { InboxQuestion } from '#inbox/request-body.ts';
import { allFilters, noActivity, type SimulatorOptions } from '#simulator/settings.ts';
import { startSimulator } from '#simulator/simulator.ts';

const nowMs = Date.UTC(2026, 5, 12, 10);

test('every contact of an inbox is read, page by page until one is empty', async () => {
  await using inbox = await openSimulator({ contacts: 45, pageSize: 20 });
  const pages = [1, 2, 3, 4].map((page) => inbox.ask({}, page));
  const contacts = (await Promise.all(pages)).map(contactsOf);
  expect(contacts.map(({ length }) => length)).toEqual([20, 20, 5, 0]);
  expect(contacts.flat().map(({ id }) => id)).toEqual(inbox.listed().map(({ id }) => id));
});

test('a filtered question is answered as asked, also where filters must be named', async () => {
  await using inbox = await openSimulator({
    contacts: 45,
    pageSize: 45,
    filters: allFilters('whenNamed'),
    statusShares: { OPEN: 1, CLOSED: 1, 'VIP wait': 1 },
  });
  const everyone = contactsOf(await inbox.ask({}, 1));
  const createdMs = everyone.map(({ createdAtMs }) => createdAtMs).toSorted((a, b) => a - b);
  const seenMs = everyone.map(({ lastSeenAtMs }) => lastSeenAtMs ?? 0).toSorted((a, b) => a - b);
  const [createdFromMs = 0, createdToMs = 0, lastSeenFromMs = 0] = [
    createdMs[10],
    createdMs[40],
    seenMs[10],
  ];
  const statuses = ['OPEN', 'VIP wait'];
  const isAskedFor = (contact: Contact): boolean =>
    contact.createdAtMs >= createdFromMs &&
    contact.createdAtMs <= createdToMs &&
    (contact.lastSeenAtMs ?? 0) >= lastSeenFromMs &&
    statuses.includes(contact.status);
  const expected = everyone.filter(isAskedFor);
  expect(expected.length).toBeGreaterThan(0);
  const question = { createdFromMs, createdToMs, lastSeenFromMs, statuses };
  expect(contactsOf(await inbox.ask(question, 1))).toEqual(expected);
});

test.each([
  ['server500', 'server_error'],
  ['html', 'malformed'],
  ['cut', 'connection'],
  ['unsuccessful', 'unsuccessful'],
] as const)('an inbox that fails by "%s" is told apart', async (fault, reason) => {
  await using inbox = await openSimulator({ contacts: 1, errorRates: { [fault]: 1 } });
  expect(await inbox.ask({}, 1)).toMatchObject({ kind: 'unavailable', reason });
});

test('an inbox that hangs is given up at the deadline', async () => {
  await using inbox = await openSimulator({ contacts: 1, errorRates: { hang: 1 } }, 50);
  expect(await inbox.ask({}, 1)).toMatchObject({ kind: 'unavailable', reason: 'timeout' });
});

test('a token that the inbox does not know is unauthorized', async () => {
  await using inbox = await openSimulator({ contacts: 1 });
  expect(await inbox.ask({}, 1, 'another-token')).toMatchObject({ kind: 'unauthorized' });
});

test('a request beyond the limit is told how long to wait', async () => {
  await using inbox = await openSimulator({ contacts: 1, requestsPerMinute: 1 });
  expect(await inbox.ask({}, 1)).toMatchObject({ kind: 'page', serverTimeMs: nowMs });
  expect(await inbox.ask({}, 1)).toMatchObject({ kind: 'limited', retryAfterMs: 60_000 });
});

async function openSimulator(options: SimulatorOptions, timeoutMs = 10_000) {
  const settings = { activityPerMinute: noActivity, ...options };
  const simulator = await startSimulator(settings, { now: () => nowMs });
  const inbox = createInbox({ timeoutMs, now: () => nowMs });
  return {
    listed: () => simulator.population.listed(),
    ask(question: InboxQuestion, page: number, token = simulator.token): Promise<InboxAnswer> {
      const connection = { provider: 'botpenguin', baseUrl: simulator.url, token } as const;
      return inbox.listContacts(connection, question, page);
    },
    async [Symbol.asyncDispose]() {
      await inbox.close();
      await simulator.close();
    },
  };
}

function contactsOf(answer: InboxAnswer): readonly Contact[] {
  if (answer.kind !== 'page') throw new Error(`No page: ${answer.message}`);
  return answer.contacts;
}
