import { expect, test } from 'vitest';

import { createInbox } from '#inbox/client.ts';
import { answerTo, askOnce, startStubInbox, token } from './stub-inbox.ts';

const emptyPage = JSON.stringify({ success: true, message: '', code: 200, data: [] });

test('a page carries the times it was asked and answered at and the server’s own', async () => {
  await using stub = await startStubInbox((response) => {
    response.setHeader('date', 'Fri, 12 Jun 2026 10:00:04 GMT').end(emptyPage);
  });
  const clock = [1000, 1250];
  const inbox = createInbox({ timeoutMs: 10_000, now: () => clock.shift() ?? Number.NaN });
  const connection = { provider: 'botpenguin', baseUrl: stub.baseUrl, token } as const;
  expect(await inbox.listContacts(connection, {}, 1)).toEqual({
    kind: 'page',
    contacts: [],
    recordCount: 0,
    rejectedCount: 0,
    serverTimeMs: Date.UTC(2026, 5, 12, 10, 0, 4),
    askedAtMs: 1000,
    answeredAtMs: 1250,
  });
  await inbox.close();
});

test('a page without a readable Date header has no server time', async () => {
  expect(await answerTo(200, emptyPage, { date: 'yesterday' })).toMatchObject({
    kind: 'page',
    serverTimeMs: null,
  });
});

test('the question and the page number reach the inbox', async () => {
  await using stub = await startStubInbox((response) => response.end(emptyPage));
  const inbox = createInbox({ timeoutMs: 10_000, now: () => 0 });
  const connection = { provider: 'reekolect', baseUrl: stub.baseUrl, token } as const;
  await inbox.listContacts(connection, { statuses: ['OPEN', 'VIP wait'] }, 7);
  expect(stub.requests[0]?.body).toMatchObject({ page: 7, status: ['OPEN', 'VIP wait'] });
  expect(stub.requests[0]?.headers['accept-encoding']).toBe('identity');
  await inbox.close();
});

test.each(['', '/', '//', '/tenant', '/tenant/'])('a base URL may end in "%s"', async (suffix) => {
  await using stub = await startStubInbox((response) => response.end(emptyPage));
  expect(await askOnce(stub.baseUrl + suffix)).toMatchObject({ kind: 'page' });
  expect(stub.requests[0]?.path).toBe(`${suffix.replace(/\/+$/, '')}/inbox/users`);
});

test('what is no base URL is a mistake of the caller and throws', async () => {
  await expect(askOnce('nowhere')).rejects.toThrow('Invalid URL');
  await expect(askOnce('ftp://127.0.0.1')).rejects.toThrow('protocol');
});

test('a body that is never begun is cut at the deadline', async () => {
  await using stub = await startStubInbox(() => undefined);
  expect(await askOnce(stub.baseUrl, { timeoutMs: 50 })).toEqual({
    kind: 'unavailable',
    reason: 'timeout',
    message: 'POST /inbox/users took longer than 50 ms.',
  });
});

test('a body that drips for ever is cut at the deadline', async () => {
  await using stub = await startStubInbox((response) => {
    const drip = setInterval(() => response.write(' '), 5);
    response.on('close', () => clearInterval(drip));
  });
  expect(await askOnce(stub.baseUrl, { timeoutMs: 100 })).toMatchObject({ reason: 'timeout' });
});

test('a request that is aborted says so, before it is sent and while it is answered', async () => {
  const abort = new AbortController();
  await using stub = await startStubInbox((response) => {
    response.write('{"data":[');
    abort.abort();
  });
  const aborted = {
    kind: 'unavailable',
    reason: 'aborted',
    message: 'POST /inbox/users was aborted.',
  };
  expect(await askOnce(stub.baseUrl, { signal: abort.signal })).toEqual(aborted);
  expect(await askOnce(stub.baseUrl, { signal: abort.signal })).toEqual(aborted);
  expect(stub.requests).toHaveLength(1);
});

test('closing cuts a request that is on its way', async () => {
  const inbox = createInbox({ timeoutMs: 10_000, now: () => 0 });
  await using stub = await startStubInbox(() => inbox.close());
  const connection = { provider: 'botpenguin', baseUrl: stub.baseUrl, token } as const;
  expect(await inbox.listContacts(connection, {}, 1)).toMatchObject({ reason: 'aborted' });
  expect(await inbox.listContacts(connection, {}, 1)).toMatchObject({ reason: 'aborted' });
});

test('a refused connection, a dropped one and a failed handshake name their code', async () => {
  const gone = await startStubInbox(() => undefined);
  await gone[Symbol.asyncDispose]();
  expect(await askOnce(gone.baseUrl)).toEqual({
    kind: 'unavailable',
    reason: 'connection',
    message: 'POST /inbox/users got no complete answer (ECONNREFUSED).',
  });
  await using stub = await startStubInbox((response) => response.destroy());
  expect(await askOnce(stub.baseUrl)).toMatchObject({
    reason: 'connection',
    message: 'POST /inbox/users got no complete answer (UND_ERR_SOCKET).',
  });
  const tls = await askOnce(stub.baseUrl.replace('http:', 'https:'));
  expect(tls).toMatchObject({ reason: 'connection', message: expect.stringContaining('ERR_SSL') });
});

test('a body cut short of its length is no page', async () => {
  await using stub = await startStubInbox((response) => {
    response.writeHead(200, { 'content-length': emptyPage.length + 1 });
    response.write(emptyPage, () => response.destroy());
  });
  expect(await askOnce(stub.baseUrl)).toMatchObject({ kind: 'unavailable', reason: 'connection' });
});

test('an endless body is cut at the cap', async () => {
  await using stub = await startStubInbox((response) => {
    const chunk = Buffer.alloc(1024 * 1024, ' ');
    const pour = (): void => {
      while (!response.destroyed && response.write(chunk));
    };
    response.on('drain', pour);
    pour();
  });
  expect(await askOnce(stub.baseUrl)).toEqual({
    kind: 'unavailable',
    reason: 'malformed',
    message: `POST /inbox/users was answered with more than ${32 * 1024 * 1024} bytes.`,
  });
});

test('a redirect is never followed, so that the token goes nowhere else', async () => {
  await using elsewhere = await startStubInbox((response) => response.end(emptyPage));
  const location = `${elsewhere.baseUrl}/inbox/users`;
  for (const status of [301, 302, 307, 308]) {
    expect(await answerTo(status, '', { location })).toEqual({
      kind: 'refused',
      message: `POST /inbox/users was answered ${status}: redirects are never followed`,
    });
  }
  expect(elsewhere.requests).toEqual([]);
});

test.each([200, 400, 401, 429, 500])(
  'a token the inbox repeats under %i is not quoted',
  async (status) => {
    // So far into the text that cutting it to length would leave half a token behind.
    const message = `${'.'.repeat(285)}Bearer ${token}`;
    const answer = await answerTo(status, JSON.stringify({ success: false, message }));
    expect(JSON.stringify(answer)).toContain('Bearer');
    expect(JSON.stringify(answer)).not.toContain(token.slice(0, 7));
  },
);

test.each(['', 'secret\n', 'two words', 'schlüssel'])(
  'the token %j is not sent',
  async (unsendable) => {
    await using stub = await startStubInbox((response) => response.end(emptyPage));
    const inbox = createInbox({ timeoutMs: 10_000, now: () => 0 });
    const connection = {
      provider: 'botpenguin',
      baseUrl: stub.baseUrl,
      token: unsendable,
    } as const;
    expect(await inbox.listContacts(connection, {}, 1)).toEqual({
      kind: 'unauthorized',
      message:
        'POST /inbox/users was not sent: the token is empty or holds characters no header can carry',
    });
    expect(stub.requests).toEqual([]);
    await inbox.close();
  },
);
