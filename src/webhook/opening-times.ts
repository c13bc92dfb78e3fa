import { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { AttemptPhases } from '#domain/delivery.ts';

/** How long the parts of opening one connection took; each absent until it is over. */
export type OpeningTimes = Pick<AttemptPhases, 'dnsMs' | 'connectMs' | 'tlsMs'>;

/** Watches a socket that began to connect just now; what it answers with is read once that is open or has failed. */
export function timeOpening(
  socket: unknown,
  startedAt: number,
  clock: () => number,
): () => OpeningTimes {
  let lookedUpAt: number | null = null;
  let connectedAt: number | null = null;
  let securedAt: number | null = null;
  if (socket instanceof Socket) {
    // Comes for each address that the name has, all in the same moment.
    socket.once('lookup', () => {
      lookedUpAt = clock();
    });
    // Before undici's own listener, which hands the connection over.
    socket.prependOnceListener('connect', () => {
      connectedAt = clock();
    });
  }
  if (socket instanceof TLSSocket) {
    socket.prependOnceListener('secureConnect', () => {
      securedAt = clock();
    });
  }
  return () => ({
    ...(lookedUpAt !== null && { dnsMs: inTenths(lookedUpAt - startedAt) }),
    ...(connectedAt !== null && { connectMs: inTenths(connectedAt - (lookedUpAt ?? startedAt)) }),
    ...(connectedAt !== null && securedAt !== null && { tlsMs: inTenths(securedAt - connectedAt) }),
  });
}

export function inTenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}
