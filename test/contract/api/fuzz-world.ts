import type { EventType } from '#domain/change-event.ts';
import { sampleEvent } from '#webhook/sample-events.ts';
import type { ApiUnderTest } from './api-under-test.ts';
import { adminKey, makeSource } from './api-under-test.ts';
import { fillLane } from './filled-lane.ts';

/** What requests can name that is there, kind by kind, the newest last; it moves as answers tell of more. */
export type World = ReadonlyMap<string, string[]>;

const mostRemembered = 12;
const placeholder = /\{\{(\w+):(\d+)\}\}/g;

/** Stands in a generated request for the nth thing of a kind, so that the request says the same when it is made smaller. */
export function placeholderOf(kind: string, nth: number): string {
  return `{{${kind}:${nth}}}`;
}

export function fillIn(world: World, text: string): string {
  return text.replaceAll(placeholder, (_, kind: string, nth: string) => {
    const things = world.get(kind) ?? [];
    return things[Number(nth) % things.length] ?? 'nothing';
  });
}

/** A service in the middle of its life: a source, events, keys of every scope. */
export async function createWorld(api: ApiUnderTest): Promise<World> {
  const { store } = api;
  await store.sources.create({ ...makeSource('default'), hintSecret: 'the-hint-secret' });
  const types: EventType[] = ['contact.created', 'contact.status_changed', 'subscription.test'];
  const events = types.map(sampleEvent);
  for (const event of events) await store.eventLog.append('default', event);
  const keys: string[] = [];
  for (const body of [
    { name: 'reads', scopes: ['read'] },
    { name: 'subscribes', scopes: ['subscriptions'] },
    { name: 'both', scopes: ['read', 'subscriptions'] },
    { name: 'tired', scopes: ['admin'], requestsPerMinute: 1 },
  ]) {
    keys.push((await api.call('POST', '/v1/keys', { body })).json.key);
  }
  const { json } = await api.call('GET', '/v1/keys');
  return new Map([
    ['admin', [adminKey]],
    ['key', keys],
    ['subscription', []],
    ['hook', []],
    ['source', ['default']],
    ['event', events.map(({ id }) => id)],
    ['keyId', json.data.map(({ id }: { id: string }) => id)],
    ['hint', ['the-hint-secret']],
    ['cursor', []],
    ['tag', []],
  ]);
}

let busy = 0;

/** One more subscription with deliveries in every state, for those before it are removed in time. */
export async function addBusySubscription(api: ApiUnderTest, world: World): Promise<void> {
  busy += 1;
  const id = `sub_busy-${busy}` as const;
  const kinds = ['delivered', 'retry', 'failed', 'expired'] as const;
  for (const event of await fillLane(api, id, [...kinds])) remember(world, 'event', event);
  remember(world, 'subscription', id);
}

/** Takes in what an answer tells of. */
export function learn(world: World, path: string, headers: Headers, body: unknown): void {
  const tag = headers.get('etag');
  if (tag !== null) remember(world, 'tag', tag);
  const location = headers.get('location');
  const [, noun = '', id] = /^\/v1\/(\w+)s\/(.+)$/.exec(location ?? '') ?? [];
  if (id !== undefined) remember(world, noun === 'key' ? 'keyId' : noun, id);
  if (typeof body !== 'object' || body === null) return;
  if ('next' in body && typeof body.next === 'string') remember(world, 'cursor', body.next);
  if ('key' in body && typeof body.key === 'string') remember(world, 'key', body.key);
  if (path.endsWith('/test') && 'id' in body) remember(world, 'event', String(body.id));
}

function remember(world: World, kind: string, thing: string): void {
  const things = world.get(kind);
  if (things === undefined || things.includes(thing)) return;
  things.push(thing);
  if (things.length > mostRemembered) things.splice(mostRemembered / 2, 1);
}
