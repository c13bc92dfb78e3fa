import type { ChangeEvent } from '#domain/change-event.ts';
import { createRelaySoon } from '#relay/relay-soon.ts';
import { openBenchParts } from './installation.ts';
import { makeContacts, makeEvents } from './material.ts';
import { createPublisher } from './publisher.ts';

/**
 * A process that does what one with the role `poll` does once it has noticed changes: commits them page by page and relays
 * each source's log. It stays ahead of the subscribers by so many deliveries and no more, so that events keep coming for
 * as long as deliveries are measured.
 */
export type ProducerOrder =
  | {
      readonly kind: 'prepare';
      readonly redisUrl: string;
      readonly sourceCount: number;
      readonly eventsPerSource: number;
      /** How often it is to start. */
      readonly rounds: number;
      readonly fanOut: number;
      readonly outstanding: number;
    }
  | { readonly kind: 'start' }
  | { readonly kind: 'arrived'; readonly count: number }
  | { readonly kind: 'end' };

export interface ProducerReport {
  readonly kind: 'ready';
}

const pageSize = 20;

type Preparation = Extract<ProducerOrder, { kind: 'prepare' }>;

function prepare({ redisUrl, fanOut, outstanding, ...material }: Preparation) {
  const opened = openBenchParts(redisUrl);
  const publisher = createPublisher(opened);
  const relaySoon = createRelaySoon(publisher.relay, (_sourceId, error) => {
    throw error;
  });
  const rounds = makeRounds(material);
  let arrived = 0;
  let progress = Promise.withResolvers<void>();

  return {
    onArrived(count: number) {
      arrived = count;
      progress.resolve();
      progress = Promise.withResolvers();
    },
    async run() {
      arrived = 0;
      let produced = 0;
      for (const { sourceId, events } of rounds.shift() ?? []) {
        while (produced - arrived >= outstanding) await progress.promise;
        relaySoon.ask(sourceId, await publisher.commit(sourceId, events));
        produced += events.length * fanOut;
      }
      await relaySoon.idle();
    },
    end: () => opened[Symbol.asyncDispose](),
  };
}

interface Page {
  readonly sourceId: string;
  readonly events: readonly ChangeEvent[];
}

function makeRounds({
  sourceCount,
  eventsPerSource,
  rounds,
}: Pick<Preparation, 'sourceCount' | 'eventsPerSource' | 'rounds'>): Page[][] {
  const contacts = makeContacts(eventsPerSource);
  const starts = Array.from({ length: eventsPerSource / pageSize }, (_, page) => page * pageSize);
  const sourceIds = Array.from({ length: sourceCount }, (_, number) => `source-${number}`);
  return Array.from({ length: rounds }, (_, round) =>
    starts.flatMap((start) => {
      const shown = contacts.slice(start, start + pageSize);
      return sourceIds.map((sourceId) => ({
        sourceId,
        events: makeEvents(sourceId, shown, round),
      }));
    }),
  );
}

let producer: ReturnType<typeof prepare> | null = null;

process.on('message', async (order: ProducerOrder) => {
  switch (order.kind) {
    case 'prepare': {
      producer = prepare(order);
      const ready: ProducerReport = { kind: 'ready' };
      process.send?.(ready);
      return;
    }
    case 'start':
      await producer?.run();
      return;
    case 'arrived':
      producer?.onArrived(order.count);
      return;
    case 'end':
      await producer?.end();
      process.disconnect();
      return;
  }
});
process.on('disconnect', () => process.exit(0));
