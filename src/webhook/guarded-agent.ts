import type { LookupAddress } from 'node:dns';
import { isIP, type LookupFunction, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { Agent, buildConnector, type Dispatcher } from 'undici';
import { type AddressGuard, isLocalhostName } from './address-guard.ts';
import type { LookUp } from './name-lookup.ts';
import { type OpeningTimes, timeOpening } from './opening-times.ts';
import { boundReading } from './read-bound.ts';

/** The subscriber's host is, or resolves to, an address that deliveries may not reach. Never names the address. */
export class AddressRefusedError extends Error {
  override readonly name = 'AddressRefusedError';

  constructor(refusal: string) {
    super(`The URL's host leads to ${refusal}, which DELIVERY_ALLOWED_NETWORKS does not allow.`);
  }
}

/** Of the headers of one answer together. */
export const mostHeaderBytes = 16 * 1024;

export interface GuardedAgent {
  dispatch(request: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void;
  /**
   * For whoever is told of its start or its failure: what its connection cost, if that one was opened (or not) for it, and
   * null on a kept one. undici starts or fails a request while the connector hands its connection over, in the same call,
   * so there is nothing to be matched: who asks then is whom it is for.
   */
  takeOpening(): OpeningTimes | null;
  /** Ends what is under way, and what comes later, as errors. */
  destroy(): Promise<void>;
}

/**
 * A keep-alive HTTP/1.1 agent that connects nowhere the guard refuses. undici does not look up literal addresses, and a
 * name's answer may change between two look-ups, so three things are checked: the literal, every resolved address, and
 * the address that the socket really reached.
 */
export function createGuardedAgent(options: {
  readonly guard: AddressGuard;
  readonly connectionsPerOrigin: number;
  /** Covers DNS, TCP and TLS together. */
  readonly connectTimeoutMs: number;
  /** Monotonic, in ms. */
  readonly clock: () => number;
  readonly lookUp: LookUp;
}): GuardedAgent {
  const { guard, connectionsPerOrigin, connectTimeoutMs, clock, lookUp } = options;
  const connect = buildConnector({
    timeout: connectTimeoutMs,
    allowH2: false,
    lookup: guardLookup(guard, lookUp),
  });
  let opening: OpeningTimes | null = null;

  function guardedConnect(target: buildConnector.Options, callback: buildConnector.Callback): void {
    const refusal = isIP(target.hostname) === 0 ? null : guard.refusal(target.hostname);
    if (refusal !== null) {
      // undici expects no answer before this function returns.
      process.nextTick(callback, new AddressRefusedError(refusal), null);
      return;
    }
    const handOver: buildConnector.Callback = (error, socket) => {
      const problem = error ?? reachedProblem(guard, socket.remoteAddress);
      opening = times();
      if (problem === null) {
        callback(null, socket as Socket);
        boundReading(socket as Socket);
      } else {
        socket?.destroy();
        callback(problem, null);
      }
      opening = null;
    };
    const startedAt = clock();
    // The connector returns its socket, though its type does not say so, and only there is the end of TCP's part seen.
    const socket: unknown = connect(target, handOver);
    const times = timeOpening(socket, startedAt, clock);
    // Before the first byte of the handshake, which names the host.
    if (socket instanceof TLSSocket) {
      socket.prependOnceListener('connect', () => {
        const problem = reachedProblem(guard, socket.remoteAddress);
        if (problem !== null) socket.destroy(problem);
      });
    }
  }

  const agent = new Agent({
    connections: connectionsPerOrigin,
    pipelining: 1,
    maxHeaderSize: mostHeaderBytes,
    // One deadline over the whole attempt stands above these two, which a dripping body never trips.
    headersTimeout: 0,
    bodyTimeout: 0,
    allowH2: false,
    connect: guardedConnect,
  });
  return {
    dispatch: (request, handler) => agent.dispatch(request, handler),
    takeOpening() {
      const taken = opening;
      opening = null;
      return taken;
    },
    destroy: () => agent.destroy(),
  };
}

function reachedProblem(guard: AddressGuard, address: string | undefined): Error | null {
  // A peer that has hung up already leaves no address to check, and nothing to send to.
  if (address === undefined) return new Error('The connection closed as it opened.');
  const refusal = guard.refusal(address);
  return refusal === null ? null : new AddressRefusedError(refusal);
}

function guardLookup(guard: AddressGuard, lookUp: LookUp): LookupFunction {
  return (hostname, options, callback) => {
    lookUp(hostname).then(
      (addresses) => {
        const { permitted, refusal } = judge(hostname, addresses, guard);
        const [first] = permitted;
        if (refusal !== null) callback(new AddressRefusedError(refusal), []);
        else if (options.all === true || first === undefined) callback(null, permitted);
        else callback(null, first.address, first.family);
      },
      (error) => callback(error, []),
    );
  };
}

/** One refused address refuses the name: which of them would be connected to is not ours to choose. */
function judge(
  hostname: string,
  addresses: readonly LookupAddress[],
  guard: AddressGuard,
): { permitted: LookupAddress[]; refusal: string | null } {
  const permitted = addresses.filter(({ address }) => guard.refusal(address) === null);
  const refused = addresses.find((one) => !permitted.includes(one));
  // `localhost` has an address of each family, and an operator may have allowed only one of the two.
  const isExcused = isLocalhostName(hostname) && permitted.length > 0;
  if (refused === undefined || isExcused) return { permitted, refusal: null };
  return { permitted, refusal: guard.refusal(refused.address) };
}
