import { expect, test } from 'vitest';

import type { Provider } from '#domain/source.ts';
import { createInbox } from '#inbox/client.ts';
import { providers } from '#inbox/providers.ts';
import {
  at,
  endpointUrl,
  example,
  type Json,
  jsonBlocks,
  keysDeep,
  put,
  read,
  sampleRequest,
  section,
  tableRows,
  typeOf,
  wireType,
} from './documents.ts';
import { answerTo, type SeenRequest, startStubInbox, token } from './stub-inbox.ts';

const botpenguin = read('get-all-contacts.txt');
const reekolect = read('get-all-contacts-reekolect.txt');
const plain = read('get-all-contacts-plain.txt');
const cut = read('get-all-contacts-cut.txt');
const full = read('post-get-user-inbox.txt');

/** The samples ask for people who wrote and left details; this service asks for everyone the inbox lists. */
const everyone = { applicableFilters: [], userInteracted: false, isContact: false };

test.each([
  ['get-all-contacts', botpenguin, 'botpenguin'],
  ['get-all-contacts-reekolect', reekolect, 'reekolect'],
  ['get-all-contacts-plain', plain, 'botpenguin'],
  ['post-get-user-inbox', full, 'botpenguin'],
] as const)(
  'the request is the sample of %s, asking for everyone',
  async (_name, document, provider) => {
    const sample = sampleRequest(document);
    const sent = await requestOf(provider);
    expect(sent.method).toBe(sample.method);
    expect(sent.path).toBe(sample.path);
    expect(sent.headers).toMatchObject(sample.headers);
    expect(sent.body).toEqual({ ...sample.body, ...everyone });
  },
);

test('authtype is sent to BotPenguin and not to Reekolect, as each sample has it', async () => {
  expect(sampleRequest(reekolect).headers).not.toHaveProperty('authtype');
  expect((await requestOf('reekolect')).headers).not.toHaveProperty('authtype');
  expect((await requestOf('botpenguin')).headers.authtype).toBe('Key');
});

test('the cut sample names the fields that the request has, no more and no fewer', async () => {
  const body = cut.slice(cut.indexOf("-d '{"), cut.indexOf("}' \\"));
  const documented = [...body.matchAll(/"(\w+)":/g)].map((match) => match[1]);
  expect(documented).toHaveLength(26);
  const sent = keysDeep((await requestOf('botpenguin')).body as Json);
  expect(sent.toSorted()).toEqual(documented.toSorted());
});

test.each([
  ['get-all-contacts', botpenguin],
  ['get-all-contacts-reekolect', reekolect],
  ['get-all-contacts-plain', plain],
  ['get-all-contacts-cut', cut],
])('every field that %s lists is sent with its documented type', async (_name, document) => {
  const listed = [...document.matchAll(/^ *[*•] +`?(\w+)`? \((\w+)\):/gm)];
  expect(listed).toHaveLength(17);
  const body = (await requestOf('botpenguin')).body as Json;
  const types = listed.map(([, name = '', type]) => [name, type, typeOf(body[name])]);
  expect(types).toEqual(types.map(([name, type]) => [name, type, type]));
});

test('every field that post-get-user-inbox tabulates is sent with its documented type', async () => {
  const rows = tableRows(section(full, '**Body Fields**', '#### Example Request'));
  expect(rows).toHaveLength(26);
  const body = (await requestOf('botpenguin')).body as Json;
  const types = rows.map(([name = '', type = '']) => [
    name,
    wireType(type),
    typeOf(at(body, name)),
  ]);
  expect(types).toEqual(types.map(([name, type]) => [name, type, type]));
});

test('each provider has the base URL of its document', () => {
  expect(`${providers.botpenguin.baseUrl}/inbox/users`).toBe(endpointUrl(botpenguin));
  expect(`${providers.botpenguin.baseUrl}/inbox/users`).toBe(endpointUrl(plain));
  expect(`${providers.reekolect.baseUrl}/inbox/users`).toBe(endpointUrl(reekolect));
  expect(providers.botpenguin.baseUrl).toBe(/\*\*Base URL\*\* +\| `(.+)`/.exec(full)?.[1]);
});

test('the sample response is one contact, its record exactly as the inbox sent it', async () => {
  const sample = jsonBlocks(full).find((block) => block.data) as { data: Json[] };
  expect(await answerTo(200, JSON.stringify(sample))).toMatchObject({
    kind: 'page',
    recordCount: 1,
    rejectedCount: 0,
    contacts: [
      {
        id: '6a2bbfbe1a0899b1ad04bf58',
        status: 'ONHOLD',
        createdAtMs: Date.UTC(2026, 5, 12, 8, 13, 50, 362),
        updatedAtMs: Date.UTC(2026, 5, 12, 10, 0, 2, 910),
        lastSeenAtMs: Date.UTC(2026, 5, 12, 8, 13, 50),
        isImported: false,
        record: sample.data[0],
      },
    ],
  });
});

test('every field that the contact and profile tables name is passed on', async () => {
  const table = section(full, '**`data[]` — Contact Object**', '#### Contact Status Reference');
  const [contact = '', profile = ''] = table.split('**`profile` Object**');
  const record: Json = {};
  for (const [name = '', type = ''] of tableRows(contact)) put(record, name, example(name, type));
  for (const [name = '', type = ''] of tableRows(profile)) {
    put(record, `profile.${name}`, example(name, type));
  }
  expect(keysDeep(record).length).toBeGreaterThan(70);
  const answer = await answerTo(200, JSON.stringify({ success: true, data: [record] }));
  expect(answer).toMatchObject({ kind: 'page', rejectedCount: 0 });
  expect(answer.kind === 'page' && answer.contacts[0]?.record).toEqual(record);
});

test('every documented contact status is kept as it is', async () => {
  const rows = tableRows(section(full, '#### Contact Status Reference', '### HTTP Status Codes'));
  const statuses = rows.map(([status]) => status);
  expect(statuses).toHaveLength(6);
  const data = statuses.map((status, index) => ({
    _id: `${index}`,
    createdAt: '2026-06-12T08:13:50Z',
    status,
  }));
  const answer = await answerTo(200, JSON.stringify({ success: true, data }));
  expect(answer.kind === 'page' && answer.contacts.map(({ status }) => status)).toEqual(statuses);
});

test('every documented status code becomes its own outcome', async () => {
  const rows = tableRows(section(full, '### HTTP Status Codes', '### Error Handling'));
  const codes = rows.map(([code]) => Number(code));
  const body = JSON.stringify({ success: true, message: '', code: 200, data: [] });
  const answers = await Promise.all(codes.map((code) => answerTo(code, body)));
  expect(codes.map((code, index) => [code, answers[index]?.kind])).toEqual([
    [200, 'page'],
    [400, 'refused'],
    [401, 'unauthorized'],
    [429, 'limited'],
    [500, 'unavailable'],
  ]);
});

test('the sample error is repeated in one sentence', async () => {
  const sample = jsonBlocks(full).find((block) => block.error);
  expect(await answerTo(401, JSON.stringify(sample))).toEqual({
    kind: 'unauthorized',
    message: 'POST /inbox/users was answered 401: Bearer token is invalid or has expired.',
  });
});

async function requestOf(provider: Provider): Promise<SeenRequest> {
  await using stub = await startStubInbox((response) => response.end('{"data":[]}'));
  const inbox = createInbox({ timeoutMs: 10_000, now: () => 0 });
  await inbox.listContacts({ provider, baseUrl: stub.baseUrl, token }, {}, 1);
  await inbox.close();
  return stub.requests[0]!;
}
