import { expect, test } from 'vitest';
import type { RunningSimulator } from '#simulator/simulator.ts';
import { contactsWith, startInbox } from '../support/inbox.ts';
import { freshRedisUrl } from '../support/redis.ts';
import { environmentFor, startService, startWorker } from '../support/running-service.ts';
import { startSubscriber, type TestSubscriber } from '../support/subscriber.ts';
import { until, within } from '../support/until.ts';
import { changeOf, toldOf, verified } from '../support/webhooks.ts';

const movesAgainWithinMs = 10_000;
const pollIntervalMs = 500;

function told({ received }: TestSubscriber, contactId: string) {
  return received.some(({ body }) => body.includes(contactId));
}

/** Each begins at page 1. */
function hotReads({ requests }: RunningSimulator) {
  return requests.received.filter(({ filters, page }) => 'lastSeenAt' in filters && page === 1);
}

test('two processes ask the inbox as often as one and tell each change once', async () => {
  const inbox = await startInbox({ contacts: 300, pageSize: 50 });
  const env = environmentFor(await freshRedisUrl(), inbox, {
    POLL_INTERVAL_MS: String(pollIntervalMs),
    SWEEP_INTERVAL_MS: '5000',
  });
  const [one, other] = await Promise.all([startService(env), startService(env)]);
  const subscriber = await startSubscriber();
  const subscription = await one.api.subscribe(subscriber.url);
  await until('a baseline', async () => (await other.api.source())?.state === 'watching');
  const { received } = inbox.requests;
  const listing = received.filter(({ filters }) => Object.keys(filters).length === 0);
  // Six full pages and the empty one behind them, which is asked for twice, whoever read which.
  const pages = listing.slice(0, 8).map(({ page }) => page);
  expect(pages).toEqual([1, 2, 3, 4, 5, 6, 7, 7]);

  const nextClosed = contactsWith(inbox, 'CLOSED');
  const firstHot = hotReads(inbox).length;
  const startedAtMs = Date.now();
  const changes: string[] = [];
  for (let wave = 1; wave <= 10; wave += 1) {
    const reopened = nextClosed();
    inbox.population.visitorWrites(reopened);
    changes.push(`contact.status_changed ${reopened} OPEN`);
    changes.push(`contact.created ${inbox.population.createContact().id}`);
    await until('both changes told', () => subscriber.received.length >= changes.length);
  }
  const ticks = (Date.now() - startedAtMs) / pollIntervalMs;
  // One for each tick, and one more at either end.
  expect(hotReads(inbox).length - firstHot).toBeLessThanOrEqual(ticks + 2);
  const polls = (process: typeof one) => process.log.filter(({ msg }) => msg === 'poll.completed');
  expect(polls(one).length).toBeGreaterThan(0);
  expect(polls(other).length).toBeGreaterThan(0);

  expect(subscriber.received.map(verified).map(changeOf).sort()).toEqual([...changes].sort());
  expect(
    toldOf(await other.api.events())
      .map(changeOf)
      .sort(),
  ).toEqual([...changes].sort());
  await until('all of them recorded', async () => {
    const deliveries = await other.api.deliveries(subscription);
    return deliveries.filter(({ attempts }) => attempts.length === 1).length === changes.length;
  });
});

test('one process each for the API, polling and delivering do together what one does', async () => {
  const inbox = await startInbox();
  const env = environmentFor(await freshRedisUrl(), inbox);
  const [api, poll, deliver] = await Promise.all([
    startService({ ...env, ROLES: 'api' }),
    startWorker({ ...env, ROLES: 'poll' }),
    startWorker({ ...env, ROLES: 'deliver' }),
  ]);
  const subscriber = await startSubscriber();
  await api.api.subscribe(subscriber.url);
  await poll.logged('baseline.completed');
  const created = inbox.population.createContact();
  await until('the change told', () => told(subscriber, created.id));
  await deliver.logged('delivery.attempted');
  const said = (process: typeof poll, msg: string) => process.log.some((line) => line.msg === msg);
  expect(said(api, 'poll.completed') || said(deliver, 'poll.completed')).toBe(false);
  expect(said(api, 'delivery.attempted') || said(poll, 'delivery.attempted')).toBe(false);
  expect(said(poll, 'api.listening') || said(deliver, 'api.listening')).toBe(false);
});

for (const [what, killAt] of [
  ['the source', 'inbox.listContacts:after:1'],
  ['the lane', 'sender.send:before:1'],
] as const) {
  test(`when the holder of ${what} is killed, another has told the change within 10 s`, async () => {
    const inbox = await startInbox();
    const env = environmentFor(await freshRedisUrl(), inbox, { KILL_AT: killAt });
    const main = 'test/support/killable-main.ts';
    const both = await Promise.all([startService(env, { main }), startService(env, { main })]);
    const subscriber = await startSubscriber();
    await both[0].api.subscribe(subscriber.url);
    await until('a baseline', async () => (await both[1].api.source())?.state === 'watching');

    for (const each of both) each.kill('SIGUSR2');
    await Promise.all(both.map((each) => each.logged('kill.armed')));
    const created = inbox.population.createContact();
    const dead = await Promise.race(both.map((each) => each.exited.then(() => each)));
    const arrives = until('the change told', () => told(subscriber, created.id));
    const [survivor] = both.filter((each) => each !== dead);
    survivor?.kill('SIGUSR2');
    await within(movesAgainWithinMs, 'the change told by the survivor', arrives);
    expect(subscriber.received).toHaveLength(1);
    expect(await survivor?.api.events()).toHaveLength(1);
  });
}
