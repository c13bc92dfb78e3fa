import type { ServerResponse } from 'node:http';
import { expect, type TestContext, test } from 'vitest';
import { type ChangeEvent, eventTypes } from '#domain/change-event.ts';
import { createRandom, type Random } from '#simulator/random.ts';
import type { RunningSimulator } from '#simulator/simulator.ts';
import { startInbox } from '../support/inbox.ts';
import { freshRedisUrl } from '../support/redis.ts';
import { environmentFor, type RunningService, startService } from '../support/running-service.ts';
import {
  type ReceivedWebhook,
  startSubscriber,
  type TestSubscriber,
} from '../support/subscriber.ts';
import { noFaults, watchTruth } from '../support/truth.ts';
import { until } from '../support/until.ts';
import { verified } from '../support/webhooks.ts';

/**
 * Services that die by `kill -9` in the middle of anything, one after the other, while subscribers answer whatever comes to
 * their mind. `KILL_SCHEDULES=200 npx vitest run test/e2e/random-kills.test.ts` plays more of them, from `KILL_SEED` on.
 */
const firstSeed = Number(process.env.KILL_SEED ?? 1);
const seeds = Array.from(
  { length: Number(process.env.KILL_SCHEDULES ?? 2) },
  (_, at) => firstSeed + at,
);

/** Every step there is, as `killable-main.ts` reads them. */
const steps = [
  'budget.take',
  'inbox.listContacts',
  'contacts.commit',
  'eventLog.readAfter',
  'lanes.push',
  'wakes.lanes',
  'eventLog.markRelayed',
  'laneWork.acquire',
  'laneWork.claim',
  'sender.send',
  'laneWork.record',
  'laneWork.release',
  'sourceLeases.release',
  'eventLog.append',
];

const statuses = ['OPEN', 'INPROGRESS', 'ONHOLD', 'CLOSED', 'REVIEW', 'Waits for parts'];
const contactTypes = eventTypes.filter((type) => type.startsWith('contact.'));
const timeoutMs = 300;
/** So often that nobody is given up, however unlucky. */
const retrySchedule = Array.from({ length: 200 }, () => '200ms').join();

/** A subscriber in a bad mood until it is told to calm down. */
interface Moody extends TestSubscriber {
  /** What it said yes to. */
  readonly accepted: TestSubscriber['received'];
  calm(): void;
}

type Say = (response: ServerResponse) => void;
const moods: readonly Say[] = [
  (response) => response.writeHead(500).end('not now'),
  (response) => response.writeHead(429, { 'retry-after': '1' }).end(),
  (response) => response.writeHead(503).end(),
  (response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
  // Neither of these says anything: the first never ends, the second is cut.
  () => {},
  (response) => response.destroy(),
  (response) => response.writeHead(200).write('half an ans'),
];
const good: Say = (response) => response.writeHead(204).end();
const gone: Say = (response) => response.writeHead(410).end();

async function startMoody(
  random: Random,
  onFinished: TestContext['onTestFinished'],
): Promise<Moody> {
  let isCalm = false;
  const mood = () => {
    const drawn = random.next();
    if (isCalm || drawn < 0.6) return good;
    return drawn < 0.62 ? gone : random.pick(moods);
  };
  const accepted: ReceivedWebhook[] = [];
  const subscriber = await startSubscriber((webhook, response) => {
    const say = mood();
    if (say === good) accepted.push(webhook);
    say(response);
  }, onFinished);
  return Object.assign(subscriber, {
    accepted,
    calm: () => {
      isCalm = true;
    },
  });
}

function stir({ population }: RunningSimulator, random: Random): void {
  // Few enough of them that one contact's changes wait behind each other.
  const some = population.listed().slice(0, 5);
  const anybody = () => random.pick(random.isLucky(0.6) ? some : population.listed()).id;
  for (let count = 0; count < 5; count += 1) {
    population.agentSetsStatus(anybody(), random.pick(statuses));
    population.visitorWrites(anybody());
  }
  population.assign(anybody(), random.pick(['one-agent', 'another-agent', null]));
  population.createContact();
}

/** Lives until the step that it is to die at, or for as long as it takes to see that it never comes there. */
async function liveAndDie(victim: RunningService, inbox: RunningSimulator, random: Random) {
  victim.kill('SIGUSR2');
  const exited = victim.exited.then(() => true);
  const polls = () => victim.log.filter(({ msg }) => msg === 'poll.completed').length;
  for (let wave = 0; wave < 4; wave += 1) {
    stir(inbox, random);
    const before = polls();
    const moved = until('a poll or an end', () => polls() > before);
    const isDead = await Promise.race([exited, moved.then(() => false)]);
    if (isDead) break;
  }
  victim.kill('SIGKILL');
  await victim.exited;
}

/** The first time that each was accepted, one contact's after the other. */
function firstsByContact(received: TestSubscriber['received']): Map<unknown, string[]> {
  const events = new Map<string, ChangeEvent>();
  for (const webhook of received) {
    if (!events.has(webhook.id)) events.set(webhook.id, verified(webhook));
  }
  return idsByContact([...events.values()]);
}

function idsByContact(events: readonly ChangeEvent[]): Map<unknown, string[]> {
  const groups = Map.groupBy(events, ({ data }) => data.contact?._id);
  return new Map([...groups].map(([contact, group]) => [contact, group.map(({ id }) => id)]));
}

async function playSchedule(seed: number, { onTestFinished: onFinished }: TestContext) {
  const random = createRandom(seed, 0);
  const inbox = await startInbox({ contacts: 60, seed }, onFinished);
  const env = environmentFor(await freshRedisUrl(), inbox, {
    DELIVERY_TIMEOUT_MS: String(timeoutMs),
    DELIVERY_RETRY_SCHEDULE: retrySchedule,
  });
  const main = 'test/support/killable-main.ts';
  const start = (killAt: string) => startService({ ...env, KILL_AT: killAt }, { main, onFinished });
  const drawStep = () =>
    `${random.pick(steps)}:${random.pick(['before', 'after'])}:${1 + Math.floor(random.next() * 4)}`;

  let service = await start(drawStep());
  await until('a baseline', async () => (await service.api.source())?.state === 'watching');
  const faultsOf = watchTruth(inbox);
  const orders = ['none', 'contact', 'contact'] as const;
  const subscribers: Moody[] = [];
  const lanes: string[] = [];
  for (const [place, ordering] of orders.entries()) {
    const subscriber = await startMoody(createRandom(seed, place + 1), onFinished);
    const settings = { events: contactTypes, ordering, maxInFlight: place === 2 ? 1 : 8 };
    lanes.push(await service.api.subscribe(subscriber.url, settings));
    subscribers.push(subscriber);
  }
  const deaths = 2 + Math.floor(random.next() * 3);
  for (let death = 0; death < deaths; death += 1) {
    await liveAndDie(service, inbox, random);
    service = await start(drawStep());
  }
  for (const subscriber of subscribers) subscriber.calm();

  const { api } = service;
  await until(
    'all that stands noticed',
    async () => faultsOf(await api.events()).missed.length === 0,
  );
  const resumeThoseGone = async () => {
    for (const lane of lanes) {
      // It answered 410 once, and is off until somebody resumes it.
      const { status } = await api.subscription(lane);
      if (status === 'disabled') await api.tellSubscription(lane, 'resume');
    }
  };
  // Whatever is noticed late, of what was undone meanwhile, is to be delivered as well.
  const events = await until(
    'all delivered',
    async () => {
      await resumeThoseGone();
      const logged = await api.events();
      const changes = logged.filter(({ data }) => data.contact !== undefined);
      const isAccepted = ({ accepted }: Moody) => {
        const ids = new Set(accepted.map(({ id }) => id));
        return changes.every(({ id }) => ids.has(id));
      };
      return subscribers.every(isAccepted) && changes;
    },
    60_000,
  );
  expect(faultsOf(events)).toEqual(noFaults);
  for (const [place, { received, accepted }] of subscribers.entries()) {
    const ids = new Set(received.map(({ id }) => id));
    expect([...ids].sort()).toEqual(events.map(({ id }) => id).sort());
    expect(new Set(received.map(({ id, body }) => `${id} ${body}`)).size).toBe(ids.size);
    if (orders[place] === 'contact') {
      expect(firstsByContact(accepted)).toEqual(idsByContact(events));
    }
  }
}

test.concurrent.for(seeds)(
  'schedule %i of deaths: nothing lost, nothing under two ids, order kept where it was asked for',
  { timeout: 180_000 },
  playSchedule,
);
