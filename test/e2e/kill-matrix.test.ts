import { expect, type TestContext, test } from 'vitest';
import type { ChangeEvent } from '#domain/change-event.ts';
import type { RunningSimulator } from '#simulator/simulator.ts';
import type { ListedSource } from '../support/api-client.ts';
import { contactsWith, startInbox } from '../support/inbox.ts';
import { freshRedisUrl } from '../support/redis.ts';
import { environmentFor, type RunningService, startService } from '../support/running-service.ts';
import { startSubscriber, type TestSubscriber } from '../support/subscriber.ts';
import { until } from '../support/until.ts';
import { changeOf, toldOf, verified } from '../support/webhooks.ts';

/**
 * Between every two steps of fetch, commit, relay, push, wake, mark, claim, send and record, as `killable-main.ts` reads
 * them. Until the wake nothing is sent, so nothing may come twice.
 */
const beforeAnythingIsSent = [
  'budget.take:after:1',
  'inbox.listContacts:after:1',
  'contacts.commit:before:1',
  'contacts.commit:after:1',
  'contacts.commit:before:2',
  'lanes.push:before:1',
  'lanes.push:after:1',
];
const whileSending = [
  'eventLog.markRelayed:before:1',
  'eventLog.markRelayed:after:1',
  'laneWork.acquire:after:1',
  'laneWork.claim:after:1',
  'sender.send:before:1',
  'sender.send:before:4',
  'sender.send:after:1',
  'sender.send:after:4',
  'laneWork.record:before:1',
  'laneWork.record:after:1',
  'laneWork.release:before:1',
  'laneWork.release:after:1',
  'sourceLeases.release:before:1',
];

const everRarely = '3600000';
const sweepIntervalMs = 300;

/** One subscriber is told one thing after the other, so that order shows, the other many at once. */
async function setTheScene(point: string, onFinished: TestContext['onTestFinished']) {
  const inbox = await startInbox({ statusShares: { CLOSED: 1, OPEN: 1 } }, onFinished);
  const env = environmentFor(await freshRedisUrl(), inbox, {
    SWEEP_INTERVAL_MS: String(sweepIntervalMs),
  });
  // It polls when told to, so that all that happens before is found in one poll.
  const victimEnv = { ...env, POLL_INTERVAL_MS: everRarely, KILL_AT: point };
  const main = 'test/support/killable-main.ts';
  const victim = await startService(victimEnv, { main, onFinished });
  const oneByOne = await startSubscriber(undefined, onFinished);
  const atOnce = await startSubscriber(undefined, onFinished);
  const lanes = [
    await victim.api.subscribe(oneByOne.url, { maxInFlight: 1 }),
    await victim.api.subscribe(atOnce.url),
  ];
  await until('a baseline that is due to be read again', async () => {
    const { freshness } = (await victim.api.source()) as ListedSource;
    return (freshness.oldestUnverifiedSeconds ?? 0) * 1000 > sweepIntervalMs;
  });
  return { inbox, env, victim, oneByOne, atOnce, lanes };
}

/** Returns what is to be told of it, and who will change once more. */
function happen({ population }: RunningSimulator, next: { closed(): string; open(): string }) {
  const reopened = [next.closed(), next.closed()];
  for (const id of reopened) population.visitorWrites(id);
  const held = [next.open(), next.open()];
  for (const id of held) population.agentSetsStatus(id, 'ONHOLD');
  const created = [population.createContact(), population.createContact({ isImported: true })];
  const restless = next.closed();
  population.visitorWrites(restless);
  const told = [
    ...created.map(({ id }) => `contact.created ${id}`),
    ...reopened.map((id) => `contact.status_changed ${id} OPEN`),
    ...held.map((id) => `contact.status_changed ${id} ONHOLD`),
  ];
  return { told, restless };
}

async function dieAt(victim: RunningService): Promise<void> {
  victim.kill('SIGUSR2');
  await victim.logged('kill.armed');
  // It may be dead before it answers.
  await victim.api.pollNow().catch(() => {});
  const exit = await victim.exited;
  expect({ ...exit, errors: victim.errors() }).toEqual({
    code: null,
    signal: 'SIGKILL',
    errors: '',
  });
}

function ofContact(id: string) {
  return ({ data }: ChangeEvent) => data.contact?._id === id;
}

/** The first arrival of each event. */
function firsts({ received }: TestSubscriber): ChangeEvent[] {
  return [...new Map([...received].reverse().map((each) => [each.id, each])).values()]
    .reverse()
    .map(verified);
}

async function survive(point: string, { onTestFinished }: TestContext) {
  const scene = await setTheScene(point, onTestFinished);
  const { inbox, env, victim, lanes, oneByOne, atOnce } = scene;
  const next = { closed: contactsWith(inbox, 'CLOSED'), open: contactsWith(inbox, 'OPEN') };
  const { told, restless } = happen(inbox, next);
  await dieAt(victim);

  inbox.population.agentSetsStatus(restless, 'REVIEW');
  const meanwhile = inbox.population.createContact();
  const heir = await startService(env, { onFinished: onTestFinished });
  const expected = [...told, `contact.created ${meanwhile.id}`].sort();
  const isToldAll = (subscriber: TestSubscriber) => {
    const changes = new Set(subscriber.received.map(verified).map(changeOf));
    const last = `contact.status_changed ${restless} REVIEW`;
    return [...expected, last].every((change) => changes.has(change));
  };
  await until('all told', () => isToldAll(oneByOne) && isToldAll(atOnce));
  // Whatever is told too often, or in error, would be on its way before this one is.
  const sentinel = inbox.population.createContact();
  await until('the sentinel told', () =>
    [oneByOne, atOnce].every(({ received }) =>
      received.some(({ body }) => body.includes(sentinel.id)),
    ),
  );
  const deliveries = await until('all recorded', async () => {
    const listed = await Promise.all(lanes.map((lane) => heir.api.deliveries(lane)));
    return listed.flat().every(({ status }) => status === 'delivered') && listed;
  });
  const events = toldOf(await heir.api.events());
  const isKnown = (event: ChangeEvent) =>
    !ofContact(restless)(event) && !ofContact(sentinel.id)(event);
  expect(events.filter(isKnown).map(changeOf).sort()).toEqual(expected);
  const ids = events.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const [index, subscriber] of [oneByOne, atOnce].entries()) {
    expect(new Set(firsts(subscriber).map(({ id }) => id))).toEqual(new Set(ids));
    expect(deliveries[index]!.map(({ event }) => event).sort()).toEqual([...ids].sort());
    const bodies = new Set(subscriber.received.map(({ id, body }) => `${id} ${body}`));
    expect(bodies.size).toBe(ids.length);
  }

  // A change that nobody saw before the next one cannot be told, but what is told is one unbroken story.
  const story = events.filter(ofContact(restless)).map(({ data }) => data.changes?.status);
  expect(story[0]?.from).toBe('CLOSED');
  expect(story.slice(1).map((change) => change?.from)).toEqual(
    story.slice(0, -1).map((change) => change?.to),
  );
  expect(firsts(oneByOne).filter(ofContact(restless))).toEqual(events.filter(ofContact(restless)));
  return scene;
}

test.concurrent.for(beforeAnythingIsSent)(
  'n8n-io/n8n-docs#5225: killed at %s, it tells each change once',
  async (point, context) => {
    const { oneByOne, atOnce } = await survive(point, context);
    for (const { received } of [oneByOne, atOnce]) {
      expect(new Set(received.map(({ id }) => id)).size).toBe(received.length);
    }
  },
);

test.concurrent.for(whileSending)(
  'rmyndharis/OpenWA#1402, n8n-io/n8n-docs#5225: killed at %s, it loses no change and gives none two ids',
  async (point, context) => {
    await survive(point, context);
  },
);
