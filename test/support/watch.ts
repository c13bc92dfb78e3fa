import { expect } from 'vitest';
import { type ChangeEvent, eventTypes } from '#domain/change-event.ts';
import type { RunningSimulator } from '#simulator/simulator.ts';
import { freshRedisUrl } from './redis.ts';
import {
  type Cleanup,
  type Environment,
  environmentFor,
  type RunningService,
  startService,
} from './running-service.ts';
import { startSubscriber, type TestSubscriber } from './subscriber.ts';
import { type Faults, watchTruth } from './truth.ts';
import { until } from './until.ts';
import { verified } from './webhooks.ts';

/** A service that knows an inbox by now, and a subscriber to everything that happens to its contacts. */
export interface Watch {
  readonly service: RunningService;
  readonly env: Environment;
  readonly subscriber: TestSubscriber;
  /** What was told, each event once, in the order of arrival. */
  told(): ChangeEvent[];
  /**
   * Waits until all that stands has been told, and whatever is told in error had the time to be; returns the faults. The
   * log is that of the service given, or of the first.
   */
  settle(survivor?: RunningService): Promise<Faults>;
}

const contactTypes = eventTypes.filter((type) => type.startsWith('contact.'));

/** Fast, but not so fast that those beside it starve. */
const calm = { INBOX_REQUESTS_PER_MINUTE: '3000', POLL_INTERVAL_MS: '500' };

/** `door` is how the service reaches the inbox, where that is not the inbox's own address. */
export async function startWatch(
  inbox: RunningSimulator,
  onFinished: Cleanup,
  { door = inbox as Pick<RunningSimulator, 'url' | 'token'>, changes = {} as Environment } = {},
): Promise<Watch> {
  const env = environmentFor(await freshRedisUrl(), door, { ...calm, ...changes });
  const service = await startService(env, { onFinished });
  const subscriber = await startSubscriber(undefined, onFinished);
  // One after the other, so that they arrive in order.
  await service.api.subscribe(subscriber.url, { events: contactTypes, maxInFlight: 1 });
  await until(
    'a baseline',
    async () => (await service.api.source())?.state === 'watching',
    180_000,
  );
  const faultsOf = watchTruth(inbox);
  const told = createReader(subscriber);
  return {
    service,
    env,
    subscriber,
    told,
    async settle({ api } = service) {
      await until('all that stands told', () => isAllTold(faultsOf(told())), 90_000);
      const sentinel = inbox.population.createContact();
      const isTold = () => told().some(({ data }) => data.contact?._id === sentinel.id);
      await until('the sentinel told', isTold);
      const ids = (list: readonly ChangeEvent[]) => list.map(({ id }) => id).sort();
      const logged = (await api.events()).filter(({ data }) => data.contact !== undefined);
      expect(ids(told())).toEqual(ids(logged));
      return faultsOf(told());
    },
  };
}

function isAllTold({ missed }: Faults): true {
  if (missed.length > 0) throw new Error(JSON.stringify(missed.slice(0, 5)));
  return true;
}

/** Verifies each webhook once, however often it is asked. */
function createReader({ received }: TestSubscriber): () => ChangeEvent[] {
  const events = new Map<string, ChangeEvent>();
  let read = 0;
  return () => {
    for (const webhook of received.slice(read)) {
      read += 1;
      if (!events.has(webhook.id)) events.set(webhook.id, verified(webhook));
    }
    return [...events.values()];
  };
}
