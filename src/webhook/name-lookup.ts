import type { LookupAddress } from 'node:dns';
import { Resolver, lookup as systemLookup } from 'node:dns/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { isLocalhostName } from './address-guard.ts';

/** Answers with every address of a name, in the order in which they are to be tried. */
export type LookUp = (hostname: string) => Promise<readonly LookupAddress[]>;

export interface NameLookup {
  /** Rejects with a `NameLookupError`. */
  readonly lookUp: LookUp;
  /** Ends what is under way. */
  close(): void;
}

/** A name led to no address. */
export class NameLookupError extends Error {
  override readonly name = 'NameLookupError';
  /** A constant of c-ares or Node, such as `ENOTFOUND`. */
  readonly code: string;

  constructor(code: string, options?: ErrorOptions) {
    super(`The name could not be looked up (${code}).`, options);
    this.code = code;
  }
}

/** A lost packet costs up to a second of the attempt's time, and a dead server five. */
const patience = { timeout: 500, tries: 4, maxTimeout: 1500 } as const;
/** How long the addresses of one family wait for those of the other (RFC 8305, section 3). */
const otherFamilyMs = 50;
/** With these DNS has nothing against the name: hosts file or search domains may know it, or there is no DNS at all. */
const unknownToDns: ReadonlySet<string> = new Set(['ENOTFOUND', 'ENODATA', 'ECONNREFUSED']);

interface FamilyAnswer {
  readonly addresses: readonly LookupAddress[];
  readonly code: string | null;
}

/**
 * Looks names up in DNS without threads. The system's own look-up takes one of the two threads that Node has for them, for
 * as long as a dead name server lets it wait, so it is asked for little: names without a dot, and names that DNS does not
 * know, of these one at a time. Nothing is kept: whoever moves is found by the next connection.
 */
export function createNameLookup(
  options: {
    /** Default: the system's. */
    readonly dnsServers?: readonly string[];
    readonly askSystem?: LookUp;
  } = {},
): NameLookup {
  const { dnsServers, askSystem = (hostname) => systemLookup(hostname, { all: true }) } = options;
  const underWay = new Map<string, Promise<readonly LookupAddress[]>>();
  const asked = new Set<Resolver>();
  let lastInTurn: Promise<unknown> = Promise.resolve();

  async function viaSystem(hostname: string): Promise<readonly LookupAddress[]> {
    try {
      return await askSystem(hostname);
    } catch (error) {
      throw new NameLookupError(codeOf(error), { cause: error });
    }
  }

  /** So that names which DNS does not know keep at most one thread from those without a dot. */
  function viaSystemInTurn(hostname: string): Promise<readonly LookupAddress[]> {
    const mine = lastInTurn.then(() => viaSystem(hostname));
    lastInTurn = mine.catch(() => null);
    return mine;
  }

  async function find(hostname: string): Promise<readonly LookupAddress[]> {
    const isAbsolute = hostname.replace(/\.$/, '').includes('.');
    if (!isAbsolute || isLocalhostName(hostname)) return viaSystem(hostname);
    // A resolver of its own: it has a port that nobody can guess, and the servers that the system has now.
    const resolver = new Resolver(patience);
    if (dnsServers !== undefined) resolver.setServers(dnsServers);
    asked.add(resolver);
    const answers = await askBothFamilies(resolver, hostname);
    resolver.cancel();
    asked.delete(resolver);
    const addresses = answers.flatMap((answer) => answer.addresses);
    if (addresses.length > 0) return addresses;
    const failed = answers.find(({ code }) => code !== null && !unknownToDns.has(code));
    if (failed?.code) throw new NameLookupError(failed.code);
    return viaSystemInTurn(hostname);
  }

  return {
    lookUp(hostname) {
      const shared = underWay.get(hostname);
      if (shared !== undefined) return shared;
      const found = find(hostname).finally(() => underWay.delete(hostname));
      underWay.set(hostname, found);
      return found;
    },
    close() {
      for (const resolver of asked) resolver.cancel();
    },
  };
}

/** Both families, IPv4 first: where IPv6 leads nowhere, every connection would lose a quarter of a second to it. */
async function askBothFamilies(
  resolver: Resolver,
  hostname: string,
): Promise<readonly FamilyAnswer[]> {
  const ipv4 = familyAnswer(resolver.resolve4(hostname), 4);
  const ipv6 = familyAnswer(resolver.resolve6(hostname), 6);
  const both = Promise.all([ipv4, ipv6]);
  const first = await Promise.race([ipv4, ipv6]);
  if (first.addresses.length === 0) return both;
  return Promise.race([both, pause(otherFamilyMs, [first])]);
}

async function familyAnswer(asking: Promise<string[]>, family: 4 | 6): Promise<FamilyAnswer> {
  try {
    const addresses = await asking;
    return { addresses: addresses.map((address) => ({ address, family })), code: null };
  } catch (error) {
    return { addresses: [], code: codeOf(error) };
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'EUNKNOWN';
}
