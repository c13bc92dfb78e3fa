import { expect, test } from 'vitest';
import { createRandom, type Random } from '#simulator/random.ts';
import type { RunningSimulator } from '#simulator/simulator.ts';
import { startInbox } from '../support/inbox.ts';
import { type RunningService, startService } from '../support/running-service.ts';
import { noFaults } from '../support/truth.ts';
import { until } from '../support/until.ts';
import { startWatch, type Watch } from '../support/watch.ts';
import { changeOf } from '../support/webhooks.ts';

const polls = ({ log }: RunningService) => log.filter(({ msg }) => msg === 'poll.completed').length;

async function polledAgain(service: RunningService): Promise<void> {
  const before = polls(service);
  await until('another poll', () => polls(service) > before);
}

/** What was told of these contacts, as `changeOf` writes it. */
function toldOf({ told }: Watch, ids: readonly string[]): string[] {
  const isOne = ({ data }: ReturnType<typeof told>[number]) =>
    ids.includes(String(data.contact?._id));
  return told().filter(isOne).map(changeOf);
}

const statuses = ['OPEN', 'INPROGRESS', 'ONHOLD', 'CLOSED', 'CLOSED', 'CLOSED', 'VIP desk'];

/** A moment of a busy inbox: anybody may be touched, also one who was just touched. */
function stir({ population }: RunningSimulator, random: Random): void {
  const everyone = population.listed();
  const anybody = () => random.pick(everyone).id;
  for (let count = 0; count < 4; count += 1) {
    population.visitorWrites(anybody());
    population.agentSetsStatus(anybody(), random.pick(statuses));
  }
  population.assign(anybody(), random.pick(['one-agent', 'another-agent', null]));
  population.createContact();
}

test.concurrent('worst case: an agent silently reopens the oldest, and moves others to a status that nobody knew', {
  timeout: 120_000,
}, async ({ onTestFinished }) => {
  const inbox = await startInbox({ contacts: 400 }, onTestFinished);
  const watch = await startWatch(inbox, onTestFinished);
  const { population, requests } = inbox;
  const oldest = population
    .listed()
    .filter(({ status }) => status === 'CLOSED')
    .sort((a, b) => a.lastSeenAtMs - b.lastSeenAtMs)
    .map(({ id }) => id);
  const [reopened = '', taken = '', custom = '', alike = ''] = oldest;
  population.agentSetsStatus(reopened, 'OPEN');
  population.agentSetsStatus(taken, 'INPROGRESS');
  population.agentSetsStatus(custom, 'Waits for parts');
  await until('the unknown status told', () => toldOf(watch, [custom]).length > 0);
  const isAsked = ({ filters }: (typeof requests.received)[number]) =>
    Array.isArray(filters.status) && filters.status.includes('Waits for parts');
  await until('the status learned', () => requests.received.some(isAsked));
  population.agentSetsStatus(alike, 'Waits for parts');
  population.agentSetsStatus(custom, 'CLOSED');

  expect(await watch.settle()).toEqual(noFaults);
  expect(toldOf(watch, oldest).sort()).toEqual(
    [
      `contact.status_changed ${reopened} OPEN`,
      `contact.status_changed ${taken} INPROGRESS`,
      `contact.live_chat_started ${taken}`,
      `contact.status_changed ${custom} Waits for parts`,
      `contact.status_changed ${custom} CLOSED`,
      `contact.status_changed ${alike} Waits for parts`,
    ].sort(),
  );
});

test.concurrent('worst case: contacts shift while paging, old answers come after newer ones, pages come short, empty, again or in pieces', {
  timeout: 180_000,
}, async ({ onTestFinished }) => {
  const lies = {
    staleAnswers: 0.1,
    staleMs: 2000,
    shortPages: 0.05,
    emptyPages: 0.03,
    brokenRecords: 0.01,
    pastEnd: 'lastPage',
  } as const;
  const inbox = await startInbox({ contacts: 400, lies }, onTestFinished);
  const watch = await startWatch(inbox, onTestFinished);
  const random = createRandom(7, 0);
  for (let wave = 0; wave < 40; wave += 1) {
    if (wave === 15) inbox.setPageSize(13);
    stir(inbox, random);
    await polledAgain(watch.service);
  }
  expect(await watch.settle()).toEqual(noFaults);
  expect(watch.told().length).toBeGreaterThan(200);
  expect(watch.told().some(({ type }) => type === 'contact.deleted')).toBe(false);
});

test.concurrent('worst case: two pollers, each killed in the middle, tell each change once', {
  timeout: 180_000,
}, async ({ onTestFinished }) => {
  const inbox = await startInbox({ contacts: 400 }, onTestFinished);
  const watch = await startWatch(inbox, onTestFinished);
  const start = () => startService(watch.env, { onFinished: onTestFinished });
  const random = createRandom(11, 0);
  let [elder, younger] = [watch.service, await start()];
  const { received } = inbox.requests;
  for (let death = 1; death <= 4; death += 1) {
    for (let wave = 0; wave < 3; wave += 1) {
      stir(inbox, random);
      const asked = received.length;
      await until('twenty requests', () => received.length >= asked + 20);
    }
    await polledAgain(elder);
    stir(inbox, random);
    const asked = received.length;
    await until('a poll under way', () => received.length > asked);
    elder.kill('SIGKILL');
    await elder.exited;
    [elder, younger] = [younger, await start()];
  }
  await polledAgain(younger);
  stir(inbox, random);
  expect(await watch.settle(younger)).toEqual(noFaults);
  const bodies = new Set(watch.subscriber.received.map(({ id, body }) => `${id} ${body}`));
  expect(bodies.size).toBe(watch.told().length);
});
