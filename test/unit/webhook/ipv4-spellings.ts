import fc from 'fast-check';

/** Where private, local and special IPv4 addresses lie (RFC 6890), as [first address, prefix length]. */
const ranges = [
  [0x00000000, 8],
  [0x0a000000, 8],
  [0x64400000, 10],
  [0x7f000000, 8],
  [0xa9fe0000, 16],
  [0xac100000, 12],
  [0xc0000000, 24],
  [0xc0000200, 24],
  [0xc0586300, 24],
  [0xc0a80000, 16],
  [0xc6120000, 15],
  [0xc6336400, 24],
  [0xcb007100, 24],
  [0xe0000000, 4],
  [0xf0000000, 4],
] as const;

/** Any IPv4 address, as a number, that no delivery may reach. */
export const refusedIpv4: fc.Arbitrary<number> = fc
  .constantFrom(...ranges)
  .chain(([first, prefix]) =>
    fc.integer({ min: 0, max: 2 ** (32 - prefix) - 1 }).map((offset) => first + offset),
  );

export interface Spelling {
  /** As the host of a URL. */
  readonly host: string;
  /** Also a form in which sockets and resolvers report addresses. */
  readonly isSocketForm: boolean;
  /** Stands for the IPv4 address alone, so that allowing that allows this. */
  readonly isTranslated: boolean;
}

export function dottedOf(address: number): string {
  return octetsOf(address).join('.');
}

/** The same address in every spelling that URL parsers take and every IPv6 clothing. */
export function spellingsOf(address: number): Spelling[] {
  const octets = octetsOf(address);
  const dotted = octets.join('.');
  const high = Math.floor(address / 65536).toString(16);
  const low = (address % 65536).toString(16);
  const hex = octets.map((octet) => `0x${octet.toString(16)}`).join('.');
  const octal = octets.map((octet) => `0${octet.toString(8)}`).join('.');
  const [first, ...rest] = octets;
  const tail = rest.reduce((sum, octet) => sum * 256 + octet, 0);
  const inUrls = [String(address), `0x${address.toString(16)}`, hex, octal, `${first}.${tail}`];
  const translated = [
    `[::ffff:${dotted}]`,
    `[::ffff:${high}:${low}]`,
    `[64:ff9b::${dotted}]`,
    `[2002:${high}:${low}::1]`,
  ];
  const refusedWhole = [
    `[::${dotted}]`,
    `[::ffff:0:${dotted}]`,
    `[64:ff9b:1::${dotted}]`,
    `[2001:0:${high}:${low}::1]`,
  ];
  return [
    { host: dotted, isSocketForm: true, isTranslated: true },
    ...inUrls.map((host) => ({ host, isSocketForm: false, isTranslated: true })),
    ...inUrls.map((host) => ({ host: `${host}.`, isSocketForm: false, isTranslated: true })),
    ...translated.map((host) => ({ host, isSocketForm: true, isTranslated: true })),
    ...refusedWhole.map((host) => ({ host, isSocketForm: true, isTranslated: false })),
  ];
}

function octetsOf(address: number): number[] {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256);
}
