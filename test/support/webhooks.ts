import { Webhook } from 'standardwebhooks';
import type { ChangeEvent } from '#domain/change-event.ts';
import { secret } from './stage.ts';
import type { ReceivedWebhook } from './subscriber.ts';

const reference = new Webhook(secret);

/** The event, once the reference library has found its signature good and its id to be the event's own. */
export function verified({ id, body, headers }: ReceivedWebhook): ChangeEvent {
  const event = reference.verify(body, headers) as ChangeEvent;
  if (event.id !== id) throw new Error(`The event ${event.id} came under the webhook-id ${id}.`);
  return event;
}

/** What changed, whoever tells it: `contact.created 6a2b…` or `contact.status_changed 6a2b… ONHOLD`. */
export function changeOf({ type, data }: ChangeEvent): string {
  const to = data.changes?.status?.to;
  return [type, data.contact?._id, ...(to === undefined ? [] : [to])].join(' ');
}

const toldTypes: ReadonlySet<string> = new Set(['contact.created', 'contact.status_changed']);

/** Of the events of a log those that the subscribers of these tests ask for. */
export function toldOf(events: readonly ChangeEvent[]): ChangeEvent[] {
  return events.filter(({ type }) => toldTypes.has(type));
}
