// A receiver of webhooks: verifies, drops repeats, answers at once, works afterwards.
//   npm install standardwebhooks
//   WEBHOOK_SECRET=whsec_… node receiver.ts        (Node 24; older ones want a build)
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { env, stdout } from 'node:process';
import { Webhook } from 'standardwebhooks';

interface Event {
  id: string;
  type: string;
  data: { contact?: { _id: string } };
}

const webhook = new Webhook(env.WEBHOOK_SECRET ?? '');
/** What is kept in memory is bounded: ids of late deliveries, events that wait for work, one body. */
const mostIds = Number(env.REMEMBERED_IDS ?? 10_000);
const mostWaiting = 1000;
const mostBytes = 1024 * 1024;

/** In the order in which they came. A crash forgets them: keep them where your data is, if that matters. */
const seen = new Set<string>();
const waiting: Event[] = [];

/** Your work. It may take its time. */
async function handle(event: Event): Promise<void> {
  stdout.write(`handled ${event.type} ${event.id}\n`);
}

async function work(): Promise<void> {
  for (let event = waiting[0]; event !== undefined; event = waiting[0]) {
    await handle(event).catch((error) => stdout.write(`failed ${event.id}: ${error}\n`));
    waiting.shift();
  }
}

/** The status that the sender is answered with. */
function receive(body: Buffer, headers: Record<string, string>): number {
  let event: Event;
  try {
    // Over the body as it came. It also refuses what was signed more than five minutes ago.
    event = webhook.verify(body, headers) as Event;
  } catch {
    return 400;
  }
  const id = headers['webhook-id'] ?? '';
  if (seen.has(id)) return 204;
  // Not taken, so it comes again.
  if (waiting.length >= mostWaiting) return 503;
  seen.add(id);
  for (const oldest of seen) {
    if (seen.size <= mostIds) break;
    seen.delete(oldest);
  }
  // The first of them is under way: whoever finds nobody at work begins.
  if (waiting.push(event) === 1) setImmediate(work);
  return 204;
}

/** Null when it is too long. */
async function read(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes <= mostBytes) chunks.push(chunk);
  }
  return bytes > mostBytes ? null : Buffer.concat(chunks);
}

const server = createServer(async (request, response) => {
  try {
    const body = await read(request);
    const status = body === null ? 413 : receive(body, request.headers as Record<string, string>);
    if (status === 503) response.setHeader('retry-after', '5');
    response.writeHead(request.method === 'POST' ? status : 405).end();
  } catch {
    response.destroy();
  }
});

server.listen(Number(env.PORT ?? 8080), env.HOST ?? '127.0.0.1', () => {
  stdout.write(`listening on port ${(server.address() as AddressInfo).port}\n`);
});
