import { type LookupAddress, lookup as systemLookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { Agent, buildConnector, type Dispatcher } from 'undici';
import { type AddressGuard, isLocalhostName } from './address-guard.ts';

/** The subscriber's host is, or resolves to, an address that deliveries may not reach. Never names the address. */
export class AddressRefusedError extends Error {
  override readonly name = 'AddressRefusedError';

  constructor(refusal: string) {
    super(`The URL's host leads to ${refusal}, which DELIVERY_ALLOWED_NETWORKS does not allow.`);
  }
}

/** Answers with every address of a name, as `dns.lookup` with `all: true`. */
export type LookupAll = (
  hostname: string,
  options: { readonly all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

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
  readonly lookup?: LookupAll;
}): Dispatcher {
  const { guard, connectionsPerOrigin, connectTimeoutMs, lookup = systemLookup } = options;
  const connect = buildConnector({
    timeout: connectTimeoutMs,
    allowH2: false,
    lookup: guardLookup(guard, lookup),
  });
  return new Agent({
    connections: connectionsPerOrigin,
    pipelining: 1,
    // One deadline over the whole attempt stands above these two, which a dripping body never trips.
    headersTimeout: 0,
    bodyTimeout: 0,
    allowH2: false,
    connect(target, callback) {
      const refusal = isIP(target.hostname) === 0 ? null : guard.refusal(target.hostname);
      if (refusal !== null) {
        // undici expects no answer before this function returns.
        process.nextTick(callback, new AddressRefusedError(refusal), null);
        return;
      }
      connect(target, (error, socket) => {
        if (error !== null) {
          callback(error, null);
          return;
        }
        const problem = reachedProblem(guard, socket.remoteAddress);
        if (problem === null) {
          callback(null, socket);
          return;
        }
        socket.destroy();
        callback(problem, null);
      });
    },
  });
}

function reachedProblem(guard: AddressGuard, address: string | undefined): Error | null {
  // A peer that has hung up already leaves no address to check, and nothing to send to.
  if (address === undefined) return new Error('The connection closed as it opened.');
  const refusal = guard.refusal(address);
  return refusal === null ? null : new AddressRefusedError(refusal);
}

function guardLookup(guard: AddressGuard, lookup: LookupAll): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) {
        callback(error, []);
        return;
      }
      const { permitted, refusal } = judge(hostname, addresses, guard);
      const [first] = permitted;
      if (refusal !== null) callback(new AddressRefusedError(refusal), []);
      else if (options.all === true || first === undefined) callback(null, permitted);
      else callback(null, first.address, first.family);
    });
  };
}

/** One refused address refuses the name: which of them would be connected to is not ours to choose. */
function judge(
  hostname: string,
  addresses: LookupAddress[],
  guard: AddressGuard,
): { permitted: LookupAddress[]; refusal: string | null } {
  const permitted = addresses.filter(({ address }) => guard.refusal(address) === null);
  const refused = addresses.find((one) => !permitted.includes(one));
  // `localhost` has an address of each family, and an operator may have allowed only one of the two.
  const isExcused = isLocalhostName(hostname) && permitted.length > 0;
  if (refused === undefined || isExcused) return { permitted, refusal: null };
  return { permitted, refusal: guard.refusal(refused.address) };
}
