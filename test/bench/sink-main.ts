import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { clockMs } from './statistics.ts';

/**
 * A process that answers 204 to every POST and does nothing else, so that it takes as little as possible of the two cores.
 * Its parent tells how many ports to open, and then how often to report.
 */
export interface SinkOrder {
  readonly ports?: number;
  /** Count from 0 again and report after every so many requests. */
  readonly reportEvery?: number;
}

export type SinkReport =
  | { readonly kind: 'listening'; readonly ports: readonly number[] }
  | { readonly kind: 'counting' }
  | { readonly kind: 'arrived'; readonly count: number; readonly atMs: number };

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
      pending = pending.subarray(end);
      arrive();
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

function arrive(): void {
  count += 1;
  if (count % reportEvery === 0) report({ kind: 'arrived', count, atMs: clockMs() });
}

function report(message: SinkReport): void {
  process.send?.(message);
}

async function listen(): Promise<number> {
  const server = createServer(serve).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

process.on('message', async (order: SinkOrder) => {
  if (order.ports !== undefined) {
    const ports = await Promise.all(Array.from({ length: order.ports }, listen));
    report({ kind: 'listening', ports });
  }
  if (order.reportEvery !== undefined) {
    count = 0;
    reportEvery = order.reportEvery;
    report({ kind: 'counting' });
  }
});
process.on('disconnect', () => process.exit(0));
