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

function prepare({ redisUrl, sourceCount, eventsPerSource, fanOut, outstanding }: Preparation) {
  const opened = openBenchParts(redisUrl);
  const publisher = createPublisher(opened);
  const relaySoon = createRelaySoon(publisher.relay, (_sourceId, error) => {
    throw error;
  });
  const contacts = makeContacts(eventsPerSource);
  const pages: { sourceId: string; events: ChangeEvent[] }[] = [];
  for (let start = 0; start < eventsPerSource; start += pageSize) {
    for (let number = 0; number < sourceCount; number += 1) {
      const sourceId = `source-${number}`;
      const events = makeEvents(sourceId, contacts.slice(start, start + pageSize));
      pages.push({ sourceId, events });
    }
  }
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
      for (const { sourceId, events } of pages) {
        while (produced - arrived >= outstanding) await progress.promise;
        await publisher.commit(sourceId, events);
        relaySoon.ask(sourceId);
        produced += events.length * fanOut;
      }
      await relaySoon.idle();
    },
    end: () => opened[Symbol.asyncDispose](),
  };
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
