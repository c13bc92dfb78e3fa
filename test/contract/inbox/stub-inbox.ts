import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

import { createInbox, type InboxAnswer } from '#inbox/client.ts';

export interface SeenRequest {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

export interface StubInbox extends AsyncDisposable {
  readonly baseUrl: string;
  readonly requests: readonly SeenRequest[];
}

/** A real HTTP server on a free port that answers every request with `answer` and remembers what it was asked. */
export async function startStubInbox(
  answer: (response: ServerResponse) => unknown,
): Promise<StubInbox> {
  const requests: SeenRequest[] = [];
  const receive = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method, url: path, headers } = request;
    requests.push({ method, path, headers, body: await json(request) });
    answer(response);
  };
  const server = createServer((request, response) => void receive(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}`,
    requests,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

export const token = 'a-token-that-nobody-may-read';

/** Asks `baseUrl` for page 1 of everything, with a client made for this one request. */
export async function askOnce(
  baseUrl: string,
  options: { timeoutMs?: number; signal?: AbortSignal } = {},
): Promise<InboxAnswer> {
  const inbox = createInbox({ timeoutMs: options.timeoutMs ?? 10_000, now: () => 0 });
  try {
    return await inbox.listContacts(
      { provider: 'botpenguin', baseUrl, token },
      {},
      1,
      options.signal,
    );
  } finally {
    await inbox.close();
  }
}

/** What a server that always answers like this makes of one request. */
export async function answerTo(
  statusCode: number,
  body: string,
  headers: Record<string, string> = {},
): Promise<InboxAnswer> {
  await using stub = await startStubInbox((response) => {
    response.writeHead(statusCode, headers).end(body);
  });
  return await askOnce(stub.baseUrl);
}
