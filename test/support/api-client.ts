import type { ChangeEvent, EventType } from '#domain/change-event.ts';
import type { Attempt, DeliveryStatus } from '#domain/delivery.ts';
import { secret } from './stage.ts';

export interface ListedDelivery {
  readonly event: string;
  readonly status: DeliveryStatus;
  readonly attempts: readonly Attempt[];
}

export interface ListedSource {
  readonly id: string;
  readonly hintUrl: string;
  readonly state: string;
  readonly error?: { readonly kind: string };
  readonly warnings: readonly string[];
  readonly contacts: number;
  readonly budget: { readonly usedLastMinute: number; readonly limit: number };
  readonly baseline: { readonly startedAt: string | null; readonly completedAt: string | null };
  readonly freshness: { readonly oldestUnverifiedSeconds: number | null };
  readonly inbox?: { readonly pageSize: number | null; readonly reading: string };
}

/** What the tests ask of the service, as any client would. */
export interface Api {
  /** Makes a subscription that is signed with the tests' secret; returns its id. */
  subscribe(url: string, settings?: Readonly<Record<string, unknown>>): Promise<string>;
  /** Makes a source. */
  connect(settings: Readonly<Record<string, unknown>>): Promise<ListedSource>;
  /** Changes a source. */
  change(id: string, settings: Readonly<Record<string, unknown>>): Promise<ListedSource>;
  /** Null as long as there is none. */
  source(id?: string): Promise<ListedSource | null>;
  pollNow(id?: string): Promise<void>;
  /** Such as `pause`. */
  tellSource(id: string, action: string): Promise<void>;
  disconnect(id: string): Promise<void>;
  subscription(id: string): Promise<{ readonly status: string }>;
  /** Such as `resume`. */
  tellSubscription(id: string, action: string, body?: unknown): Promise<void>;
  /** All of them, page after page. */
  deliveries(subscription: string): Promise<ListedDelivery[]>;
  /** All of them, oldest first. */
  events(): Promise<ChangeEvent[]>;
}

const wanted: readonly EventType[] = ['contact.created', 'contact.status_changed'];

export function openApi(url: string, adminKey: string): Api {
  async function call(method: string, path: string, body?: unknown): Promise<Response> {
    const answer = await fetch(new URL(path, url), {
      method,
      headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (answer.ok || answer.status === 404) return answer;
    throw new Error(`${method} ${path} was answered ${answer.status}: ${await answer.text()}`);
  }

  async function listAll<T>(path: string): Promise<T[]> {
    const all: T[] = [];
    let cursor: string | null = null;
    do {
      const query: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const answer = await call('GET', `${path}?limit=200${query}`);
      const page = (await answer.json()) as { data: T[]; next: string | null };
      all.push(...page.data);
      cursor = page.next;
    } while (cursor !== null);
    return all;
  }

  return {
    async subscribe(subscriberUrl, settings = {}) {
      const body = { url: subscriberUrl, events: wanted, secret, ...settings };
      const answer = await call('POST', '/v1/subscriptions', body);
      return ((await answer.json()) as { id: string }).id;
    },
    async source(id = 'default') {
      const answer = await call('GET', `/v1/sources/${id}`);
      return answer.ok ? ((await answer.json()) as ListedSource) : null;
    },
    async pollNow(id = 'default') {
      await call('POST', `/v1/sources/${id}/poll`);
    },
    async connect(settings) {
      return (await (await call('POST', '/v1/sources', settings)).json()) as ListedSource;
    },
    async change(id, settings) {
      const answer = await call('PATCH', `/v1/sources/${id}`, settings);
      return (await answer.json()) as ListedSource;
    },
    async tellSource(id, action) {
      await call('POST', `/v1/sources/${id}/${action}`);
    },
    async disconnect(id) {
      await call('DELETE', `/v1/sources/${id}`);
    },
    async subscription(id) {
      return (await (await call('GET', `/v1/subscriptions/${id}`)).json()) as { status: string };
    },
    async tellSubscription(id, action, body = {}) {
      await call('POST', `/v1/subscriptions/${id}/${action}`, body);
    },
    deliveries: (subscription) => listAll(`/v1/subscriptions/${subscription}/deliveries`),
    events: async () => (await listAll<ChangeEvent>('/v1/events')).reverse(),
  };
}
