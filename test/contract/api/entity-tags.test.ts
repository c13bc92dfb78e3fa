import { describe, expect, test } from 'vitest';
import { errorPaths, expectProblem, openApi } from './api-under-test.ts';

const api = await openApi();
const notThisOne = '"not-this-one"';

const kinds = [
  {
    noun: 'subscription',
    list: '/v1/subscriptions',
    make: { url: 'https://example.com/hook', events: ['contact.created'] },
    change: { description: 'changed' },
    shown: 'description',
  },
  {
    noun: 'source',
    list: '/v1/sources',
    make: { provider: 'botpenguin', token: 'TOKEN' },
    change: { requestsPerMinute: 12 },
    shown: 'requestsPerMinute',
  },
  {
    noun: 'key',
    list: '/v1/keys',
    make: { name: 'made', scopes: ['read'] },
    change: { name: 'changed' },
    shown: 'name',
  },
] as const;

describe.each(kinds)('the tag of a $noun', ({ list, make, change, shown }) => {
  const makeOne = async () => {
    const made = await api.call('POST', list, { body: make });
    return { path: `${list}/${made.json.id}`, tag: made.headers.get('etag') ?? '' };
  };
  const send = (method: string, path: string, tag: string) =>
    api.call(method, path, {
      headers: { 'if-match': tag },
      ...(method === 'PATCH' ? { body: change } : {}),
    });

  test('is the same for who made it and who reads it, and strong', async () => {
    const { path, tag } = await makeOne();
    expect(tag).toMatch(/^"[\w-]+"$/);
    expect((await api.call('GET', path)).headers.get('etag')).toBe(tag);
  });

  test('lets a change through that knows it, and is another one after it', async () => {
    const { path, tag } = await makeOne();
    const changed = await send('PATCH', path, tag);
    expect(changed).toMatchObject({ status: 200, json: change });
    expect(changed.headers.get('etag')).not.toBe(tag);
    expect((await api.call('GET', path)).headers.get('etag')).toBe(changed.headers.get('etag'));
  });

  test('stops a change and a removal that know an older one', async () => {
    const { path, tag } = await makeOne();
    await send('PATCH', path, tag);
    const now = await api.call('GET', path);
    for (const method of ['PATCH', 'DELETE']) expectProblem(await send(method, path, tag), 412);
    expect(await api.call('GET', path)).toMatchObject({ json: { [shown]: now.json[shown] } });
    expect((await send('DELETE', path, now.headers.get('etag') ?? '')).status).toBe(204);
  });

  test('is another one after each of two changes within one millisecond', async () => {
    const { path } = await makeOne();
    const first = await api.call('PATCH', path, { body: change });
    const second = await api.call('PATCH', path, { body: change });
    expect(second.headers.get('etag')).not.toBe(first.headers.get('etag'));
  });

  test('lets one of two writers through who know the same one', async () => {
    const { path, tag } = await makeOne();
    const answers = await Promise.all(Array.from({ length: 5 }, () => send('PATCH', path, tag)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412, 412]);
  });

  test.each([
    ['*', 200],
    [`${notThisOne}, TAG`, 200],
    [`TAG,${notThisOne}`, 200],
    ['W/TAG', 412],
    [notThisOne, 412],
    ['not-quoted', 400],
    ['', 400],
  ])('sent as %s is answered %i', async (text, status) => {
    const { path, tag } = await makeOne();
    const answer = await send('PATCH', path, text.replace('TAG', tag));
    expect(answer.status).toBe(status);
    if (status === 400) expect(errorPaths(answer)).toEqual(['if-match']);
  });

  test('asks nothing of what is not there', async () => {
    for (const method of ['PATCH', 'DELETE']) {
      expectProblem(await send(method, `${list}/nothing`, '*'), 404);
    }
  });
});

test('pausing, resuming and polling answer with the tag of what they show', async () => {
  for (const { list, make } of kinds.filter(({ noun }) => noun !== 'key')) {
    const { json } = await api.call('POST', list, { body: make });
    for (const action of ['pause', 'resume']) {
      const answer = await api.call('POST', `${list}/${json.id}/${action}`);
      const read = await api.call('GET', `${list}/${json.id}`);
      expect(answer.headers.get('etag')).toBe(read.headers.get('etag'));
    }
  }
});

test('a rotated secret is a change that the tag tells of', async () => {
  const { json, headers } = await api.call('POST', kinds[0].list, { body: kinds[0].make });
  const rotated = await api.call('POST', `${kinds[0].list}/${json.id}/rotate-secret`);
  expect(rotated.headers.get('etag')).toMatch(/^"/);
  expect(rotated.headers.get('etag')).not.toBe(headers.get('etag'));
});
