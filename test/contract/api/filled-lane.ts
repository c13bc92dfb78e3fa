import { type Attempt, type DeliveryRef, deliveryRef, refOf } from '#domain/delivery.ts';
import type { SubscriptionId } from '#domain/subscription.ts';
import type { LaneOutcome } from '#store/lane-work.ts';
import { healthy, makeEvent, makeSubscription, subscribe } from '../../support/stage.ts';
import type { ApiUnderTest } from './api-under-test.ts';

const dueMs = Date.parse('2026-06-12T10:00:05.000Z');

export const refused: Attempt = {
  at: '2026-06-12T10:00:00.000Z',
  durationMs: 3,
  phases: { dnsMs: 0.5 },
  error: 'connection_refused',
  message: 'The subscriber refused the connection.',
};
export const answered: Attempt = {
  at: '2026-06-12T10:00:00.000Z',
  durationMs: 12.5,
  phases: { dnsMs: 1, connectMs: 2.5, tlsMs: 3, firstByteMs: 11 },
  statusCode: 500,
  response: 'oh no',
};

/** A subscription with a lane on which each of these has become of an event, and one more event waits. */
export async function fillLane(
  { store, nowMs }: ApiUnderTest,
  id: SubscriptionId,
  kinds: LaneOutcome['kind'][],
): Promise<string[]> {
  await subscribe(store, makeSubscription(id));
  const events = [...kinds, null].map((_, index) => makeEvent(index));
  const pushed: { logId: string; ref: DeliveryRef }[] = [];
  for (const event of events) {
    const logId = await store.eventLog.append('default', event);
    pushed.push({ logId, ref: refOf('default', logId, event) });
  }
  await store.lanes.push('default', 0, [{ lane: id, events: pushed }]);
  const grant = await store.laneWork.acquire(id);
  if (grant.kind !== 'acquired') throw new Error('The lane is new and nobody holds it.');
  const outcomes = kinds.map((kind, index): LaneOutcome => {
    const attempts = kind === 'retry' ? [refused] : [answered];
    const ref = pushed[index]?.ref ?? deliveryRef('', '', 'evt_');
    const due = kind === 'retry' ? dueMs : null;
    return { origin: 'waiting', ref, kind, dueMs: due, attempts, scheduled: 1 };
  });
  await store.laneWork.record(id, grant.epoch, nowMs, {
    outcomes,
    health: healthy,
    disable: null,
    notices: [],
  });
  return events.map((event) => event.id);
}
