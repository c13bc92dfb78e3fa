import { expect, test } from 'vitest';
import type { RunningSimulator } from '#simulator/simulator.ts';
import { contactsWith, startInbox } from '../support/inbox.ts';
import { freshRedisUrl } from '../support/redis.ts';
import { environmentFor, type RunningService, startService } from '../support/running-service.ts';
import { startSubscriber } from '../support/subscriber.ts';
import { until } from '../support/until.ts';
import { changeOf, verified } from '../support/webhooks.ts';

async function start(changes: Readonly<Record<string, string>> = {}) {
  const service = await startService(environmentFor(await freshRedisUrl(), null, changes));
  const subscriber = await startSubscriber();
  await service.api.subscribe(subscriber.url);
  return { service, api: service.api, told: () => subscriber.received.map(verified).map(changeOf) };
}

function settingsFor(inbox: RunningSimulator, changes: Readonly<Record<string, unknown>> = {}) {
  return { provider: inbox.settings.provider, baseUrl: inbox.url, token: inbox.token, ...changes };
}

const watching = ({ api }: RunningService, id: string) =>
  until(`${id} to be watched`, async () => (await api.source(id))?.state === 'watching');

/** Each begins at page 1. */
const hotReads = ({ requests }: RunningSimulator) =>
  requests.received.filter(
    ({ filters, page }) => 'lastSeenAt' in filters && !('createdAt' in filters) && page === 1,
  ).length;

test('several inboxes of several providers are watched, and those that fail slow none of the others', async () => {
  const { service, api, told } = await start({ INBOX_TIMEOUT_MS: '2000' });
  const [one, other, refusing, hanging] = await Promise.all([
    startInbox({ seed: 1 }),
    startInbox({ seed: 2, provider: 'reekolect' }),
    startInbox({ seed: 3 }),
    startInbox({ seed: 4, errorRates: { hang: 1 } }),
  ]);
  await api.connect(settingsFor(refusing, { id: 'refusing', token: 'revoked' }));
  await api.connect(settingsFor(hanging, { id: 'hanging' }));
  await api.connect(settingsFor(one, { id: 'one' }));
  await api.connect(settingsFor(other, { id: 'other' }));
  for (const id of ['one', 'other']) await watching(service, id);
  const [before, startedAtMs] = [[hotReads(one), hotReads(other)] as const, Date.now()];
  const changes: string[] = [];
  for (const inbox of [one, other, one, other]) {
    changes.push(`contact.created ${inbox.population.createContact().id}`);
    await until('the change told', () => told().length >= changes.length, 10_000);
  }
  expect(told()).toEqual(changes);
  // A tick every 300 ms; a third of them would already show that somebody waits for somebody.
  const ticks = (Date.now() - startedAtMs) / 300;
  expect(hotReads(one) - before[0]).toBeGreaterThan(ticks / 3);
  expect(hotReads(other) - before[1]).toBeGreaterThan(ticks / 3);
  expect(await api.source('refusing')).toMatchObject({
    state: 'failing',
    error: { kind: 'unauthorized' },
  });
  const hung = await until('a timeout', async () => (await api.source('hanging'))?.error);
  expect(hung.kind).toBe('timeout');
});

test('an inbox behind another address is not news, and what happens there afterwards is', async () => {
  const { service, api, told } = await start();
  const [old, next] = await Promise.all([startInbox({ seed: 1 }), startInbox({ seed: 2 })]);
  await api.connect(settingsFor(old, { id: 'shop' }));
  await watching(service, 'shop');
  expect(await api.change('shop', { baseUrl: next.url })).toMatchObject({
    state: 'baselining',
    contacts: 0,
  });
  await watching(service, 'shop');
  expect((await api.source('shop'))?.contacts).toBe(60);
  const status = contactsWith(next, 'CLOSED')();
  next.population.visitorWrites(status);
  await until('the change told', () => told().length > 0);
  expect(told()).toEqual([`contact.status_changed ${status} OPEN`]);
  const asked = old.requests.received.length;
  const { id } = next.population.createContact();
  await until('the next change told', () => told().length > 1);
  expect(told()[1]).toBe(`contact.created ${id}`);
  expect(old.requests.received.length).toBe(asked);
});

test('a source that is paused is not asked, one that is resumed reads over the gap, one that is gone stays gone', async () => {
  const { service, api, told } = await start();
  const inbox = await startInbox();
  await api.connect(settingsFor(inbox, { id: 'shop' }));
  await watching(service, 'shop');
  await api.tellSource('shop', 'pause');
  // What it waits for is a poll that is under way; with one every 300 ms there soon is none.
  let asked = -1;
  await until('nobody to ask', () => {
    const before = asked;
    asked = inbox.requests.received.length;
    return before === asked;
  });
  const missed = inbox.population.createContact().id;
  await api.pollNow('shop');
  expect((await api.source('shop'))?.state).toBe('paused');
  expect(inbox.requests.received.length).toBe(asked);
  await api.tellSource('shop', 'resume');
  await until('the missed change told', () => told().length > 0);
  expect(told()).toEqual([`contact.created ${missed}`]);
  expect(inbox.requests.received.length).toBeGreaterThan(asked);

  await api.disconnect('shop');
  expect(await api.source('shop')).toBeNull();
  expect((await api.events()).map(changeOf)).toEqual([`contact.created ${missed}`]);
  await api.connect(settingsFor(inbox, { id: 'shop' }));
  await watching(service, 'shop');
  const { id } = inbox.population.createContact();
  await until('the new change told', () => told().length > 1);
  expect(told()[1]).toBe(`contact.created ${id}`);
});

test('a hint is told of long before the next poll, and a thousand of them ask the inbox only now and then', async () => {
  const { service, api, told } = await start({
    POLL_INTERVAL_MS: '600000',
    SWEEP_INTERVAL_MS: '600000',
  });
  const inbox = await startInbox();
  const perMinute = 600;
  const { hintUrl } = await api.connect(
    settingsFor(inbox, { id: 'shop', requestsPerMinute: perMinute }),
  );
  await watching(service, 'shop');
  const hint = async () =>
    (await fetch(hintUrl, { method: 'POST', body: '{"any":"hook"}' })).status;
  const { id } = inbox.population.createContact();
  expect(await hint()).toBe(202);
  await until('the change told', () => told().length > 0, 10_000);
  expect(told()).toEqual([`contact.created ${id}`]);

  const [before, startedAtMs] = [hotReads(inbox), Date.now()];
  for (let wave = 0; wave < 20; wave += 1) {
    const statuses = await Promise.all(Array.from({ length: 50 }, hint));
    expect(new Set(statuses)).toEqual(new Set([202]));
  }
  const last = inbox.population.createContact().id;
  await hint();
  await until('the last change told', () => told().length > 1, 10_000);
  expect(told()[1]).toBe(`contact.created ${last}`);
  // Six requests' time behind each hot window, and one more that is asked for while that one is read.
  const spacingMs = (6 * 60_000) / perMinute;
  const most = 2 * ((Date.now() - startedAtMs) / spacingMs + 1);
  expect(hotReads(inbox) - before).toBeLessThanOrEqual(most);
  expect(inbox.requests.busiestMinute()).toBeLessThanOrEqual(perMinute);
});
