import type { MiddlewareHandler } from 'hono';
import { problem } from './problem.ts';

const mostBodyBytes = 1024 * 1024;
const mostDrainedBytes = 8 * mostBodyBytes;

/**
 * Reads the body before the routes do, at most 1 MiB. A client that is still writing reads no answer, so what is too large
 * is drained first; beyond 8 MiB the connection is given up instead.
 */
export function limitBody(): MiddlewareHandler {
  return async (c, next) => {
    const { raw } = c.req;
    if (raw.body === null) return next();
    const read = await readBody(raw.body, Number(raw.headers.get('content-length') ?? 0));
    if (read.kind === 'too_large') {
      const detail = 'The body is larger than 1 MiB.';
      return problem(c, 413, detail, read.drained ? {} : { headers: { connection: 'close' } });
    }
    const headers = new Headers(raw.headers);
    // Many clients name a content type for every POST; without a body it says nothing.
    if (read.bytes.length === 0) headers.delete('content-type');
    const body = read.bytes.length === 0 ? null : read.bytes;
    const { method, signal } = raw;
    c.req.raw = new Request(raw.url, { method, headers, body, signal });
    return next();
  };
}

type BodyRead =
  | { readonly kind: 'read'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'too_large'; readonly drained: boolean };

async function readBody(
  body: ReadableStream<Uint8Array>,
  announcedBytes: number,
): Promise<BodyRead> {
  if (announcedBytes > mostDrainedBytes) return { kind: 'too_large', drained: false };
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > mostDrainedBytes) return { kind: 'too_large', drained: false };
    if (bytes <= mostBodyBytes) chunks.push(chunk);
  }
  if (bytes > mostBodyBytes) return { kind: 'too_large', drained: true };
  return { kind: 'read', bytes: Buffer.concat(chunks) };
}
