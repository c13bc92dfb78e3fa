import { expect, test } from 'vitest';
import type { SubscriptionId } from '#domain/subscription.ts';
import { laneKeys } from '#store/keys.ts';
import { errorPaths, expectProblem, openApi } from './api-under-test.ts';

const api = await openApi();
const { connection } = api;

async function create(description: string, url = 'https://example.com/hook'): Promise<string> {
  api.nowMs += 1000;
  const body = { url, events: ['contact.created'], description };
  return (await api.call('POST', '/v1/subscriptions', { body })).json.id;
}

async function stand(id: string, fields: Record<string, string | number>): Promise<void> {
  await connection.redis.hset(laneKeys(id as SubscriptionId).state, fields);
}

async function list(query: string): Promise<string[]> {
  const { status, json } = await api.call('GET', `/v1/subscriptions?${query}`);
  expect(status).toBe(200);
  return json.data.map((each: { description: string }) => each.description);
}

const ids = {
  well: await create('well', 'https://example.com/well'),
  ailing: await create('ailing'),
  stopped: await create('stopped'),
  worse: await create('worse'),
  off: await create('off'),
  young: await create('A Young One'),
};
await stand(ids.ailing, { failures: 3, failingSinceMs: api.nowMs });
await stand(ids.worse, { failures: 12, failingSinceMs: api.nowMs });
await stand(ids.stopped, { status: 'paused' });
await stand(ids.off, { status: 'disabled', failures: 20, disabledReason: 'failing' });

const byTrouble = ['off', 'worse', 'ailing', 'stopped', 'well', 'A Young One'];

test('the list is in the order of age unless another is asked for', async () => {
  const byAge = ['well', 'ailing', 'stopped', 'worse', 'off', 'A Young One'];
  expect(await list('')).toEqual(byAge);
  expect(await list('order=age')).toEqual(byAge);
});

test('what is in trouble comes first: disabled, then failing with the most failures, then paused', async () => {
  expect(await list('order=trouble')).toEqual(byTrouble);
});

test('pages in the order of trouble go on where the last one ended', async () => {
  const seen: string[] = [];
  let next = '';
  do {
    const path = `/v1/subscriptions?order=trouble&limit=2${next}`;
    const { json } = await api.call('GET', path);
    seen.push(...json.data.map((each: { description: string }) => each.description));
    next = json.next === null ? '' : `&cursor=${json.next}`;
  } while (next !== '');
  expect(seen).toEqual(byTrouble);
});

test.each([
  ['active', ['well', 'A Young One']],
  ['failing', ['ailing', 'worse']],
  ['paused', ['stopped']],
  ['disabled', ['off']],
])('each is listed in one state: %s', async (status, expected) => {
  expect(await list(`status=${status}`)).toEqual(expected);
});

test('a state and an order go together', async () => {
  expect(await list('status=failing&order=trouble')).toEqual(['worse', 'ailing']);
});

test.each([
  ['a description in another case', 'young', ['A Young One']],
  ['a part of an URL', '.com/WELL', ['well']],
  ['an id', ids.off, ['off']],
  ['what nobody has', 'nobody-has-this', []],
  ['what would be a pattern', '.*', []],
])('a search finds %s', async (_, search, expected) => {
  expect(await list(`search=${encodeURIComponent(search)}`)).toEqual(expected);
});

test('a search finds nothing in headers and secrets', async () => {
  const headers = { 'X-Key': 'hidden-value' };
  const body = { url: 'https://example.com/quiet', events: ['contact.created'], headers };
  const { json } = await api.call('POST', '/v1/subscriptions', { body });
  expect(await list('search=hidden-value')).toEqual([]);
  expect(await list(`search=${json.secret}`.replaceAll('+', '%2B'))).toEqual([]);
  await api.call('DELETE', `/v1/subscriptions/${json.id}`);
});

test('a cursor belongs to the order that it came from', async () => {
  for (const [order, other] of [
    ['age', 'trouble'],
    ['trouble', 'age'],
  ]) {
    const { json } = await api.call('GET', `/v1/subscriptions?limit=1&order=${order}`);
    const answer = await api.call('GET', `/v1/subscriptions?order=${other}&cursor=${json.next}`);
    expectProblem(answer, 400);
    expect(errorPaths(answer)).toEqual(['cursor']);
  }
});

test.each([
  ['status', 'status=retired'],
  ['order', 'order=name'],
  ['search', 'search='],
  ['search', `search=${'x'.repeat(201)}`],
])('a wrong %s is named: %s', async (path, query) => {
  const answer = await api.call('GET', `/v1/subscriptions?${query}`);
  expectProblem(answer, 400);
  expect(errorPaths(answer)).toEqual([path]);
});
