import { expect, test } from 'vitest';

import { everyone } from '#simulator/question.ts';
import { at, jsonBlocks, read, sampleRequest, tableRows, typeOf } from '../inbox/documents.ts';
import { openInbox } from './open-inbox.ts';

type Json = Record<string, unknown>;

const document = read('post-get-user-inbox.txt');
const documentedError = jsonBlocks(document).find((block) => 'error' in block)!;
const bodyFields = tableRows(
  document.slice(document.indexOf('**Body Fields**'), document.indexOf('#### Example Request')),
).map(([path = '']) => path);

test('the documented request is answered with the documented envelope', async () => {
  const response = await openInbox({ contacts: 100 }).post(sampleRequest(document).body);
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({
    success: true,
    message: '',
    code: 200,
    data: expect.objectContaining({ length: 20 }),
  });
});

test.each(bodyFields)('without %s the request is refused, and the field is named', async (path) => {
  const body = structuredClone(everyone) as Json;
  const parent = path.split('.').slice(0, -1).join('.');
  delete ((parent === '' ? body : at(body, parent)) as Json)[path.split('.').at(-1)!];
  const response = await openInbox().post(body);
  expect(response.status).toBe(400);
  expect(await response.json()).toEqual({
    success: false,
    error: { code: 'BAD_REQUEST', message: `${path} is required.`, statusCode: 400 },
  });
});

test.each(bodyFields)('with %s of another type the request is refused by name', async (path) => {
  const wrong: Json = { string: 7, number: '7', boolean: 'yes', array: 'all', object: [] };
  const body = structuredClone(everyone) as Json;
  const parent = path.split('.').slice(0, -1).join('.');
  const target = (parent === '' ? body : at(body, parent)) as Json;
  const name = path.split('.').at(-1)!;
  target[name] = wrong[typeOf(target[name])];
  const response = await openInbox().post(body);
  expect(response.status).toBe(400);
  const message = at((await response.json()) as Json, 'error.message');
  expect(String(message).startsWith(`${path} is invalid`)).toBe(true);
});

test.each([
  ['page', 0],
  ['page', 1.5],
  ['lastMessageBy', ['visitor']],
  ['lastSeenAt', { startAt: 'yesterday', endsAt: '' }],
  ['createdAt', { startAt: '', endsAt: '2026-13-01T00:00:00.000Z' }],
  ['hasOrdered', { status: true, lastAt: '12.6.2026' }],
  ['isExport', 'csv'],
  ['tags', [1]],
])('%s cannot be %j', async (key, value) => {
  const response = await openInbox().post({ ...everyone, [key]: value });
  expect(response.status).toBe(400);
  expect(at((await response.json()) as Json, 'error.message')).toContain(`${key}`);
});

test('every problem of a body is named at once', async () => {
  const { searchText: _searchText, page: _page, ...rest } = everyone;
  const response = await openInbox().post({ ...rest, isContact: 'no' });
  const message = at((await response.json()) as Json, 'error.message');
  for (const name of ['searchText', 'page', 'isContact']) expect(message).toContain(name);
});

test.each([['{'], ['[]'], ['null'], ['"all"'], ['']])('the body %j is refused', async (body) => {
  const response = await openInbox().post(body);
  expect(response.status).toBe(400);
});

test('fields that the document does not know are ignored', async () => {
  const inbox = openInbox({ contacts: 3 });
  expect(await inbox.ask({ ctwaNewUsers: true, tagsV2: [] })).toHaveLength(3);
});

test.each([
  ['no token', { authorization: undefined }],
  ['another token', { authorization: 'Bearer someone-else' }],
  ['another scheme', { authorization: 'Basic simulator-token' }],
])('with %s the answer is the documented one', async (_what, headers) => {
  const response = await openInbox().post(everyone, headers);
  expect(response.status).toBe(401);
  expect(await response.json()).toEqual(documentedError);
});

test.each([
  ['botpenguin', undefined, 401],
  ['botpenguin', 'Token', 401],
  ['botpenguin', 'Key', 200],
  ['reekolect', undefined, 200],
  ['reekolect', 'Key', 200],
] as const)('%s with authtype %s answers %i', async (provider, authtype, status) => {
  const response = await openInbox({ provider }).post(everyone, { authtype });
  expect(response.status).toBe(status);
});

test('each of several tokens opens the door', async () => {
  const inbox = openInbox({ tokens: ['one', 'two'] });
  for (const token of ['one', 'two']) {
    const response = await inbox.post(everyone, { authorization: `Bearer ${token}` });
    expect(response.status).toBe(200);
  }
});

test('a body that is not declared as JSON is refused', async () => {
  const response = await openInbox().post(everyone, { 'content-type': 'text/plain' });
  expect(response.status).toBe(400);
  expect(at((await response.json()) as Json, 'error.message')).toContain('Content-Type');
});

test('elsewhere there is nothing, in the documented structure', async () => {
  const response = await openInbox().app.request('/inbox/users');
  expect(response.status).toBe(404);
  expect(await response.json()).toMatchObject({ success: false, error: { statusCode: 404 } });
});

test('the Date header tells the inbox’s own clock', async () => {
  const response = await openInbox({ clockOffsetMs: -3_600_000 }).post(everyone);
  expect(response.headers.get('date')).toBe('Fri, 12 Jun 2026 09:00:00 GMT');
});
