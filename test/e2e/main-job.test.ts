import { expect, test } from 'vitest';
import type { ChangeEvent } from '#domain/change-event.ts';
import type { RunningSimulator } from '#simulator/simulator.ts';
import type { Transition } from '#simulator/world.ts';
import { contactsWith, startInbox } from '../support/inbox.ts';
import { freshRedisUrl } from '../support/redis.ts';
import { environmentFor, type RunningService, startService } from '../support/running-service.ts';
import { startSubscriber } from '../support/subscriber.ts';
import { until } from '../support/until.ts';
import { changeOf, toldOf, verified } from '../support/webhooks.ts';

type Population = RunningSimulator['population'];

/**
 * One wave of a busy minute. Each touches contacts of its own, because a change that is undone before anyone looks cannot
 * be seen.
 */
function happen(population: Population, next: () => string): void {
  population.createContact();
  population.createContact({ status: 'REVIEW' });
  for (let count = 0; count < 3; count += 1) population.createContact({ isImported: true });
  for (let count = 0; count < 4; count += 1) population.visitorWrites(next());
  for (let count = 0; count < 2; count += 1) population.agentSetsStatus(next(), 'ONHOLD');
  population.assign(next(), null);
}

/** What subscribers are to be told, as `changeOf` writes it, with when it was true. */
function changesOf(truth: readonly Transition[]): Map<string, Transition> {
  const changes = new Map<string, Transition>();
  for (const transition of truth) {
    const { kind, contactId, to } = transition;
    if (kind === 'created' || kind === 'imported') {
      changes.set(`contact.created ${contactId}`, transition);
    }
    if (kind === 'status_changed') {
      changes.set(`contact.status_changed ${contactId} ${to}`, transition);
    }
  }
  return changes;
}

function expectOccurredAround(event: ChangeEvent, { at }: Transition): void {
  const { notBefore, notAfter } = event.data.occurred ?? { notBefore: null, notAfter: '' };
  if (event.type === 'contact.created') expect(notBefore).toBeNull();
  else expect(notBefore !== null && notBefore <= at).toBe(true);
  expect(notAfter >= at).toBe(true);
}

async function polledAgain(service: RunningService): Promise<void> {
  const polls = () => service.log.filter(({ msg }) => msg === 'poll.completed').length;
  const before = polls();
  await until('another poll', () => polls() > before);
}

test('every change in an inbox of 5,000 is delivered once, signed, and nothing else is', async () => {
  const simulator = await startInbox({ contacts: 5000, pageSize: 100 });
  const { population } = simulator;
  const nextClosed = contactsWith(simulator, 'CLOSED');
  const env = environmentFor(await freshRedisUrl(), simulator, { SWEEP_INTERVAL_MS: '1000' });
  const service = await startService(env);
  const subscriber = await startSubscriber();
  const subscription = await service.api.subscribe(subscriber.url, { maxInFlight: 16 });

  population.createContact({ name: 'Created while the baseline runs' });
  await service.logged('baseline.completed');
  for (let wave = 0; wave < 8; wave += 1) {
    happen(population, nextClosed);
    await polledAgain(service);
  }

  const changes = changesOf(population.truth);
  expect(changes.size).toBe(1 + 8 * (5 + 4 + 2));
  await until('all changes delivered', () => subscriber.received.length >= changes.size);
  // Whatever is announced in error would be on its way before this one is.
  const last = population.createContact({ name: 'The last' });
  await until('the last one', () => subscriber.received.some(({ body }) => body.includes(last.id)));

  const truth = changesOf(population.truth);
  const events = subscriber.received.map(verified);
  expect(events.map(changeOf).sort()).toEqual([...truth.keys()].sort());
  expect(new Set(events.map(({ id }) => id)).size).toBe(truth.size);
  for (const event of events) expectOccurredAround(event, truth.get(changeOf(event))!);
  const imported = events.filter(({ data }) => data.reason === 'imported');
  expect(imported).toHaveLength(8 * 3);

  const ids = events.map(({ id }) => id).sort();
  expect(
    toldOf(await service.api.events())
      .map(({ id }) => id)
      .sort(),
  ).toEqual(ids);
  const deliveries = await until('all of them recorded', async () => {
    const listed = await service.api.deliveries(subscription);
    return listed.every(({ status }) => status === 'delivered') && listed;
  });
  expect(deliveries.map(({ event }) => event).sort()).toEqual(ids);
  expect(
    deliveries.flatMap(({ attempts }) => attempts.map(({ statusCode }) => statusCode)),
  ).toEqual(ids.map(() => 204));
});
