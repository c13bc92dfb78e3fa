import type { ChangeEvent } from '#domain/change-event.ts';
import { testContacts } from '../../support/contacts-suite.ts';
import { testLeases } from '../../support/leases-suite.ts';
import { createMemoryStore } from '../../support/memory-store.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

const clock = createVirtualClock(Date.parse('2026-06-12T10:00:00.000Z'));
const events = new Map<string, ChangeEvent[]>();
const store = createMemoryStore(clock.now, (sourceId, page) => {
  events.set(sourceId, [...(events.get(sourceId) ?? []), ...page.events]);
});

testContacts({
  ...store,
  events: async (sourceId) => events.get(sourceId) ?? [],
  empty: async (sourceId) => store.forget(sourceId),
});

let leased = 0;

testLeases(() => {
  leased += 1;
  const source = `leased-${leased}`;
  const { sourceLeases } = store;
  return {
    acquire: () => sourceLeases.acquire(source),
    hold: (epoch, signal) => sourceLeases.hold(source, epoch, signal),
    release: (epoch) => sourceLeases.release(source, epoch),
    expire: async () => clock.pass(6000),
    async empty() {
      store.forget(source);
      // Nothing is lost in no time, and epochs grow with it.
      clock.pass(1);
    },
  };
});
