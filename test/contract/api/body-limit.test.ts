import { once } from 'node:events';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { afterAll, expect, test } from 'vitest';
import { adminKey, openApi } from './api-under-test.ts';

const mebibyte = 1024 * 1024;
const api = await openApi();
const server = serve({ fetch: api.app.fetch, hostname: '127.0.0.1', port: 0 });
await once(server, 'listening');
afterAll(() => new Promise((resolve) => server.close(resolve)));

const start = '{"url":"https://example.com","events":["contact.created"]';

/** Sends a body that is valid to its last byte, blown up to `bytes`; `length` null sends it chunked. With `open` the request never ends. */
async function send(bytes: number, length: number | null, open = false) {
  const { port } = server.address() as AddressInfo;
  const text = `${start.padEnd(bytes - 1, ' ')}}`;
  const outgoing = request({
    port,
    host: '127.0.0.1',
    method: 'POST',
    path: '/v1/subscriptions',
    headers: {
      authorization: `Bearer ${adminKey}`,
      'content-type': 'application/json',
      ...(length === null ? {} : { 'content-length': length }),
    },
  });
  const piece = 64 * 1024;
  for (let sent = 0; sent < bytes; sent += piece) {
    outgoing.write(text.slice(sent, sent + piece));
  }
  if (!open) outgoing.end();
  const [response] = await once(outgoing, 'response');
  let answer = '';
  for await (const chunk of response) answer += chunk;
  // What is still unsent is of no interest any more.
  outgoing.on('error', () => {}).destroy();
  const { 'content-type': type, connection } = response.headers;
  return { status: response.statusCode, type, connection, json: JSON.parse(answer) };
}

test.each([null, mebibyte])('a body of exactly 1 MiB is read (length: %s)', async (length) => {
  expect(await send(mebibyte, length)).toMatchObject({ status: 201 });
});

test.each([
  [mebibyte + 1, null],
  [mebibyte + 1, mebibyte + 1],
  [8 * mebibyte, null],
  [8 * mebibyte, 8 * mebibyte],
])('a client that sends %i bytes reads its 413 (length: %s)', async (bytes, length) => {
  const sent = await send(bytes, length);
  expect(sent).toMatchObject({ status: 413, type: 'application/problem+json' });
  expect(sent.json).toMatchObject({ status: 413, title: 'Content Too Large' });
  expect(sent.connection).not.toBe('close');
});

test.each([
  ['sent more than 8 MiB', 8 * mebibyte + 1, null],
  ['announced more than 8 MiB', 1000, 8 * mebibyte + 1],
])('who has %s and goes on is answered without being heard out', async (_, bytes, length) => {
  const sent = await send(bytes, length, true);
  expect(sent).toMatchObject({ status: 413, connection: 'close' });
});

test('an empty body is none, whatever type it names', async () => {
  const { json } = await api.call('POST', '/v1/subscriptions', {
    body: { url: 'https://example.com', events: ['contact.created'] },
  });
  const path = `/v1/subscriptions/${json.id}/resume`;
  expect((await api.call('POST', path, { body: '' })).status).toBe(200);
});
