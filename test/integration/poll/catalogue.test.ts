import { expect, test } from 'vitest';
import type { Contact } from '#domain/contact.ts';
import { commitAbsences, commitPage } from '#poll/commit-page.ts';
import { createHeldObservations } from '#poll/held-observations.ts';
import { bucketOf, packContactId } from '#store/contact-buckets.ts';
import { agentId, askedAt, at, contactId, makeContact } from '../../support/observations.ts';
import { setUpPolling } from '../../support/polling.ts';
import { openConnection, openStore } from '../../support/stage.ts';

const connection = await openConnection();
const { contacts, eventLog, sourceLeases } = openStore(connection);
let sources = 0;

/** A source of its own and the pages that are read of it, each at its own time of the day. */
async function openSource() {
  sources += 1;
  const sourceId = `catalogue-${sources}`;
  const grant = await sourceLeases.acquire(sourceId);
  if (grant.kind !== 'acquired') throw new Error('The lease of a new source is free.');
  const held = createHeldObservations(() => 0);
  const contextAt = (time: string) => askedAt(time, { sourceId, held });
  return {
    sourceId,
    async read(time: string, page: readonly Contact[]) {
      const context = contextAt(time);
      const counts: unknown[] = [];
      const outcome = await commitPage(contacts, grant.epoch, page, context, (counted) => {
        counts.push(counted);
        return {};
      });
      if (outcome.kind !== 'committed') throw new Error('The lease is lost.');
      return { ...outcome, counts };
    },
    miss: (time: string, absences: Parameters<typeof commitAbsences>[2]) =>
      commitAbsences(contacts, grant.epoch, absences, contextAt(time), () => ({})),
    types: async () =>
      (await eventLog.readAfter(sourceId, '0-0', 1000)).map(({ event }) => event.type),
  };
}

const people = (count: number, status: string, updatedAt: string) =>
  Array.from({ length: count }, (_, number) =>
    makeContact({ id: `contact-${number}`, status, updatedAtMs: at(updatedAt) }),
  );

test('a page that closes everyone at once is written when a second reading agrees', async () => {
  const { read, types } = await openSource();
  const before = await read('10:00:00', people(12, 'OPEN', '09:00:00'));
  expect(before.counts).toMatchObject([{ added: 12, lateSeeds: 0, moved: true }]);
  const first = await read('10:05:00', people(12, 'CLOSED', '10:04:00'));
  expect(first).toMatchObject({ events: 0, applied: [], counts: [{ moved: false }] });
  expect(first.held).toHaveLength(12);
  const second = await read('10:05:02', people(12, 'CLOSED', '10:04:00'));
  expect(second).toMatchObject({ events: 12, held: [], counts: [{ moved: true }] });
  expect((await types()).filter((type) => type === 'contact.status_changed')).toHaveLength(12);
});

test('a page that closed everyone by mistake announces nothing', async () => {
  const { read, types } = await openSource();
  await read('10:00:00', people(12, 'OPEN', '09:00:00'));
  const news = await types();
  await read('10:05:00', people(12, 'CLOSED', '10:04:00'));
  await read('10:05:02', people(12, 'OPEN', '09:00:00'));
  expect(await types()).toEqual(news);
});

test('a replica that lags behind makes no status flap', async () => {
  const { read, types } = await openSource();
  const seen = (status: string) => [makeContact({ status, updatedAtMs: at('10:00:00') })];
  await read('10:00:01', seen('OPEN'));
  expect(await read('10:00:02', seen('CLOSED'))).toMatchObject({ held: [contactId] });
  expect(await read('10:00:03', seen('OPEN'))).toMatchObject({ held: [] });
  expect(await read('10:00:04', seen('CLOSED'))).toMatchObject({ held: [contactId] });
  expect(await types()).toEqual(['contact.created']);
  await read('10:00:05', seen('CLOSED'));
  expect(await types()).toEqual(['contact.created', 'contact.status_changed']);
});

test('what was applied is told with what it was before', async () => {
  const { read } = await openSource();
  await read('10:00:00', [makeContact({ status: 'OPEN', updatedAtMs: at('09:00:00') })]);
  const { applied } = await read('10:05:00', [makeContact({ status: 'CLOSED' })]);
  expect(applied).toMatchObject([
    { contactId, before: { status: 'OPEN' }, after: { status: 'CLOSED', presence: 'listed' } },
  ]);
});

test('dgtlmoon/changedetection.io#2358: a snapshot of the version before this one is filled in silence, and watched from then on', async () => {
  const { sourceId, read, types } = await openSource();
  const times = [at('08:13:50.362'), at('08:13:50.362'), at('08:14:00'), at('09:59:49')];
  const hex = `01${times.map((timeMs) => timeMs.toString(16).padStart(12, '0')).join('')}`;
  const bucket = `{source:${sourceId}}:contacts:${bucketOf(contactId)}`;
  const first = Buffer.concat([Buffer.from(hex, 'hex'), Buffer.from('OPEN')]);
  await connection.redis.hset(bucket, packContactId(contactId), first);
  const assigned = { status: 'OPEN', agent: agentId, userMessageAtMs: at('09:59:00') };
  expect(await read('10:00:03', [makeContact(assigned)])).toMatchObject({ added: 0, events: 0 });
  await read('10:01:00', [makeContact({ ...assigned, agent: null, updatedAtMs: at('10:00:30') })]);
  expect(await types()).toEqual(['contact.assigned']);
});

test('a deletion committed twice is told once, and who comes back has returned', async () => {
  const { read, miss, types } = await openSource();
  await read('10:00:00', [makeContact()]);
  const absences = [
    { contactId, kind: 'deleted' },
    { contactId: 'never seen', kind: 'deleted' },
  ] as const;
  expect(await miss('10:05:00', absences)).toMatchObject({
    kind: 'committed',
    events: 1,
    applied: [{ contactId, after: { presence: 'deleted' } }],
  });
  expect(await miss('10:05:10', absences)).toMatchObject({ events: 0, applied: [] });
  await read('10:10:00', [makeContact({ updatedAtMs: at('10:09:00') })]);
  expect(await types()).toEqual(['contact.created', 'contact.deleted', 'contact.created']);
});

test('a late answer does not bring back who was found to be gone', async () => {
  const { read, miss, types } = await openSource();
  await read('10:00:00', [makeContact()]);
  await miss('10:05:00', [{ contactId, kind: 'deleted' }]);
  expect(await read('10:04:59', [makeContact()])).toMatchObject({ stale: 1 });
  expect(await read('10:05:01', [makeContact()])).toMatchObject({ held: [contactId] });
  expect(await types()).toEqual(['contact.created', 'contact.deleted']);
});

const ada = { name: 'Ada', email: 'ada@example.com' };

test('everything that happens in the inbox is told, each under its name', async () => {
  const { poll, pass, events, simulator } = await setUpPolling(connection);
  const { population } = simulator;
  await poll();
  const { id } = population.createContact();
  const steps: readonly [() => void, ...string[]][] = [
    [() => {}, 'contact.created'],
    [() => population.assign(id, agentId), 'contact.assigned'],
    [() => population.assign(id, null), 'contact.assigned'],
    [() => population.setLiveChat(id, true), 'contact.live_chat_started'],
    [() => population.setLiveChat(id, false), 'contact.live_chat_ended'],
    [() => population.visitorWrites(id), 'contact.message_received'],
    [() => population.visitorOrders(id), 'contact.updated'],
    [() => population.edit(id, ada), 'contact.updated'],
    [() => population.agentSetsStatus(id, 'Waiting'), 'contact.status_changed'],
  ];
  const told: string[] = [];
  for (const [step, ...types] of steps) {
    pass(10_000);
    step();
    pass(10_000);
    await poll();
    told.push(...types);
    expect((await events()).map(({ type }) => type)).toEqual(told);
  }
  const [updated] = (await events()).filter(({ data }) => data.changes?.name !== undefined);
  expect(updated?.data.changes).toEqual({ name: { to: ada.name }, email: { to: ada.email } });
});
