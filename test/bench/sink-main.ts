import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { clockMs } from './statistics.ts';

/**
 * A process that answers 204 to every POST and does nothing else, so that it takes as little as possible of the two cores.
 * Its parent tells how many ports to open, of which some never answer, and then how often to report.
 */
export interface SinkOrder {
  readonly ports?: number;
  /** Of the ports, from the last one on. */
  readonly silent?: number;
  /** Count from 0 again and report after every so many requests. */
  readonly reportEvery?: number;
}

export type SinkReport =
  | { readonly kind: 'listening'; readonly ports: readonly number[] }
  | { readonly kind: 'counting' }
  | {
      readonly kind: 'arrived';
      readonly count: number;
      readonly atMs: number;
      /** Of the last that arrived. */
      readonly webhookId: string;
    };

const answer = 'HTTP/1.1 204 No Content\r\n\r\n';
let count = 0;
let reportEvery = Number.POSITIVE_INFINITY;

function serve(socket: Socket): void {
  let pending: Buffer = Buffer.alloc(0);
  socket.setNoDelay(true);
  // Whoever keeps the connection may cut it: that is the end of a benchmark and no error.
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: Buffer) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    for (let end = endOfRequest(pending); end !== null; end = endOfRequest(pending)) {
      arrive(pending);
      pending = pending.subarray(end);
      socket.write(answer);
    }
  });
}

/** Where the first request of these bytes ends, null while it is incomplete. */
function endOfRequest(bytes: Buffer): number | null {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd < 0) return null;
  const head = bytes.toString('latin1', 0, headEnd);
  const length = /content-length: (\d+)/i.exec(head)?.[1];
  if (length === undefined) throw new RangeError(`A request without a length came: ${head}`);
  const end = headEnd + 4 + Number(length);
  return end <= bytes.length ? end : null;
}

function arrive(request: Buffer): void {
  count += 1;
  if (count % reportEvery !== 0) return;
  const atMs = clockMs();
  const [, webhookId = ''] = /webhook-id: (\S+)/i.exec(request.toString('latin1', 0, 2048)) ?? [];
  report({ kind: 'arrived', count, atMs, webhookId });
}

function report(message: SinkReport): void {
  process.send?.(message);
}

/** Takes everything and says nothing. */
function keepSilent(socket: Socket): void {
  socket.on('error', () => socket.destroy());
  socket.resume();
}

async function listen(onConnection: (socket: Socket) => void): Promise<number> {
  const server = createServer(onConnection).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

process.on('message', async ({ silent = 0, ...order }: SinkOrder) => {
  if (order.ports !== undefined) {
    const answering = order.ports - silent;
    const ports = await Promise.all(
      Array.from({ length: order.ports }, (_, place) =>
        listen(place < answering ? serve : keepSilent),
      ),
    );
    report({ kind: 'listening', ports });
  }
  if (order.reportEvery !== undefined) {
    count = 0;
    reportEvery = order.reportEvery;
    report({ kind: 'counting' });
  }
});
process.on('disconnect', () => process.exit(0));
