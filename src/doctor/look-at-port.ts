import { createServer } from 'node:net';
import type { PortFound } from './judge-reach.ts';

export interface ApiAddress {
  readonly host: string;
  readonly port: number;
}

/** Tells who is there by asking /readyz, and where nobody is, by listening for a moment. */
export async function lookAtPort({ host, port }: ApiAddress, withinMs: number): Promise<PortFound> {
  if (port === 0) return { kind: 'not_used' };
  const listening = await tryToListen(host, port);
  if (listening !== 'EADDRINUSE') {
    return listening === null ? { kind: 'free' } : { kind: 'refused', code: listening };
  }
  return askService(`http://${askedHost(host)}:${port}/readyz`, withinMs);
}

/** Null where it may, else the code of why not. */
function tryToListen(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(null)));
  });
}

/** An address that stands for all is none to call. */
function askedHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}

async function askService(url: string, withinMs: number): Promise<PortFound> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(withinMs), redirect: 'manual' });
    const body = (await answer.json()) as { status?: unknown; detail?: unknown };
    if (answer.status === 200 && body.status === 'ready') {
      return { kind: 'this_service', ready: true, detail: '' };
    }
    if (answer.status === 503 && typeof body.detail === 'string') {
      return { kind: 'this_service', ready: false, detail: body.detail };
    }
  } catch {
    // What does not answer like the service is something else.
  }
  return { kind: 'taken' };
}
