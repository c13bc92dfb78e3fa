import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface ReceivedWebhook {
  readonly id: string;
  /** When it had arrived, epoch ms. */
  readonly atMs: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface TestSubscriber {
  readonly url: string;
  readonly received: readonly ReceivedWebhook[];
  /** Most requests that were open at one moment. */
  readonly mostOpen: number;
  /** Resolves when this many webhooks have arrived. */
  arrived(count: number): Promise<readonly ReceivedWebhook[]>;
}

type Answer = (
  webhook: ReceivedWebhook,
  response: ServerResponse,
  attempt: number,
) => void | Promise<void>;

/** A real server that keeps what it is sent; `answer` decides what it says (default: 204). Closes with the test. */
export async function startSubscriber(
  answer: Answer = (_webhook, response) => {
    response.writeHead(204).end();
  },
  /** Tests that run beside others have to hand in their own. */
  onFinished: (clean: () => void) => void = onTestFinished,
): Promise<TestSubscriber> {
  const received: ReceivedWebhook[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  let open = 0;
  let mostOpen = 0;
  const server = createServer(async (request, response) => {
    open += 1;
    mostOpen = Math.max(mostOpen, open);
    response.on('close', () => {
      open -= 1;
    });
    const webhook = await read(request);
    received.push(webhook);
    const attempt = received.filter(({ id }) => id === webhook.id).length;
    await answer(webhook, response, attempt);
    for (const each of waiting) if (received.length >= each.count) each.resolve();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    get mostOpen() {
      return mostOpen;
    },
    async arrived(count) {
      if (received.length < count) {
        await new Promise<void>((resolve) => waiting.push({ count, resolve }));
      }
      return received;
    },
  };
}

async function read(request: IncomingMessage): Promise<ReceivedWebhook> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return {
    id: String(request.headers['webhook-id']),
    atMs: Date.now(),
    body: Buffer.concat(chunks).toString('utf8'),
    headers: request.headers as Record<string, string>,
  };
}
