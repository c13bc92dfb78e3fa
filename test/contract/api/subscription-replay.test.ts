import { once } from 'node:events';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { expect, onTestFinished, test } from 'vitest';
import type { EventType } from '#domain/change-event.ts';
import { type DeliveryRef, refOf } from '#domain/delivery.ts';
import type { SubscriptionId } from '#domain/subscription.ts';
import type { ReplayOptions, ReplayWish } from '#relay/replay.ts';
import { makeEvent } from '../../support/stage.ts';
import {
  adminKey,
  buildApi,
  errorPaths,
  expectProblem,
  makeSource,
  openApi,
} from './api-under-test.ts';

const api = await openApi();
const { store, connection } = api;
await store.sources.create(makeSource('default'));

const since = '2026-06-12T10:00:00.000Z';
const wantedTypes: EventType[] = ['contact.created', 'contact.assigned'];

async function create(): Promise<SubscriptionId> {
  const body = { url: 'https://example.com/hook', events: wantedTypes };
  const { json } = await api.call('POST', '/v1/subscriptions', { body });
  api.lanesWoken.length = 0;
  return json.id;
}

async function commit(number: number): Promise<DeliveryRef> {
  const event = makeEvent(number);
  return refOf('default', await store.eventLog.append('default', event), event);
}

const replay = (id: string, body: unknown) =>
  api.call('POST', `/v1/subscriptions/${id}/replay`, { body });

const waiting = (id: SubscriptionId) => connection.redis.lrange(`{lane:${id}}:waiting`, 0, -1);

test('hookdeck/outpost#711: what failed is counted by a dry run, and put back and woken by a replay', async () => {
  const id = await create();
  const refs = [await commit(1), await commit(2)];
  for (const [at, ref] of refs.entries()) {
    await connection.redis.zadd(`{lane:${id}}:failed`, at, ref);
  }
  const dry = await replay(id, { status: 'failed', dryRun: true });
  expect(dry).toMatchObject({ status: 202, json: { count: 2 } });
  expect(await waiting(id)).toEqual([]);
  expect(api.lanesWoken).toEqual([]);
  const { status, json } = await replay(id, { status: 'failed' });
  expect({ status, json }).toEqual({ status: 202, json: { count: 2 } });
  expect(await waiting(id)).toEqual(refs);
  expect(api.lanesWoken).toEqual([id]);
  expect((await replay(id, { status: 'failed' })).json).toEqual({ count: 0 });
});

test('by time, events from before the subscription are counted and sent', async () => {
  const ref = await commit(3);
  const id = await create();
  const body = { since, types: ['contact.created'] };
  const { json: dry } = await replay(id, { ...body, dryRun: true });
  expect(dry.count).toBeGreaterThan(0);
  expect((await replay(id, body)).json).toEqual(dry);
  const queued = await waiting(id);
  expect(queued).toHaveLength(dry.count);
  expect(queued).toContain(ref);
});

test.each<[body: object, wish: ReplayWish, dryRun: boolean]>([
  [{ status: 'failed' }, { kind: 'failed' }, false],
  [{ status: 'failed', dryRun: true }, { kind: 'failed' }, true],
  [
    { since: '2026-06-12T10:00:00Z', dryRun: false },
    { kind: 'committed', sinceMs: Date.UTC(2026, 5, 12, 10), untilMs: null, types: null },
    false,
  ],
  [
    { since, until: '2026-06-12T10:00:00.001Z', types: ['contact.assigned'] },
    {
      kind: 'committed',
      sinceMs: Date.UTC(2026, 5, 12, 10),
      untilMs: Date.UTC(2026, 5, 12, 10) + 1,
      types: ['contact.assigned'],
    },
    false,
  ],
])('%j is what it says', async (body, wish, dryRun) => {
  const asked: [ReplayWish, boolean][] = [];
  const own = await openApi({
    replays: {
      redeliver: async () => 0,
      replay: async (_, wished, options) => {
        asked.push([wished, options.dryRun]);
        return 7;
      },
    },
  });
  const wished = { url: 'https://example.com/hook', events: wantedTypes };
  const { json } = await own.call('POST', '/v1/subscriptions', { body: wished });
  const answer = await own.call('POST', `/v1/subscriptions/${json.id}/replay`, { body });
  expect(answer).toMatchObject({ status: 202, json: { count: 7 } });
  expect(asked).toEqual([[wish, dryRun]]);
});

test.each<[path: string, body: unknown]>([
  ['', {}],
  ['', { dryRun: true }],
  ['', { status: 'failed', since }],
  ['', { until: since }],
  ['status', { status: 'skipped' }],
  ['until', { status: 'failed', until: since }],
  ['types', { status: 'failed', types: ['contact.created'] }],
  ['since', { since: 'yesterday' }],
  ['since', { since: '2026-06-12' }],
  ['since', { since: '2026-06-12T10:00:00+02:00' }],
  ['since', { since: 1781258400000 }],
  ['until', { since, until: '2026-06-12T09:59:59.999Z' }],
  ['types', { since, types: [] }],
  ['types.0', { since, types: ['contact.vanished'] }],
  ['types.1', { since, types: ['contact.created', 'contact.deleted'] }],
  ['dryRun', { status: 'failed', dryRun: 'yes' }],
  ['from', { since, from: since }],
])('%s is refused, case %#', async (path, body) => {
  const answer = await replay(await create(), body);
  expectProblem(answer, 400);
  expect(errorPaths(answer)).toEqual([path]);
});

test('a body is required, as JSON, of at most 1 MiB', async () => {
  const id = await create();
  expectProblem(await api.call('POST', `/v1/subscriptions/${id}/replay`), 400);
  const path = `/v1/subscriptions/${id}/replay`;
  const asText = { 'content-type': 'text/plain' };
  const text = '{"status":"failed"}';
  expectProblem(await api.call('POST', path, { body: text, headers: asText }), 415);
  const body = `{"status":"failed"${' '.repeat(1024 * 1024)}}`;
  expectProblem(await api.call('POST', path, { body }), 413);
});

test('an unknown subscription has nothing to replay', async () => {
  expectProblem(await replay('sub_unknown', { status: 'failed' }), 404);
});

/** An API that gives up every other answer at once, and a replay that is begun and stays so. */
function buildSlow() {
  const begun = Promise.withResolvers<AbortSignal>();
  const finish = Promise.withResolvers<number>();
  const replays = {
    redeliver: () => new Promise<number>(() => {}),
    replay: (_: unknown, __: unknown, { signal }: ReplayOptions) => {
      begun.resolve(signal);
      return finish.promise;
    },
  };
  const patience = { readyWithinMs: 60_000, answerWithinMs: 1 };
  return { ...buildApi(connection, { replays }, patience), begun: begun.promise, finish };
}

const headers = { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' };

test('a replay takes the time that it needs', async () => {
  const slow = buildSlow();
  const path = `/v1/subscriptions/${await create()}/replay`;
  const [, , eventId] = (await commit(50)).split(' ');
  const answering = slow.app.request(path, {
    method: 'POST',
    headers,
    body: '{"status":"failed"}',
  });
  const signal = await slow.begun;
  expectProblem(await slow.call('POST', `/v1/events/${eventId}/redeliver`), 503);
  expect(signal.aborted).toBe(false);
  slow.finish.resolve(5);
  expect(await (await answering).json()).toEqual({ count: 5 });
});

test('a replay ends when whoever asked for it hangs up', async () => {
  const slow = buildSlow();
  const server = serve({ fetch: slow.app.fetch, hostname: '127.0.0.1', port: 0 });
  onTestFinished(() => new Promise((resolve) => server.close(() => resolve())));
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const path = `/v1/subscriptions/${await create()}/replay`;
  const asking = request({ port, host: '127.0.0.1', method: 'POST', path, headers });
  asking.on('error', () => {});
  asking.end('{"status":"failed"}');
  const signal = await slow.begun;
  const aborted = once(signal, 'abort');
  asking.destroy();
  await aborted;
  slow.finish.resolve(0);
});
