import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Says which addresses a delivery may not reach. */
export interface AddressGuard {
  /**
   * Null when the address may be reached; else a phrase for the kind of range it lies in (`a private address`), which is
   * safe to show to the subscription's owner where the address itself is not. What is no address is refused.
   */
  refusal(address: string): string | null;
}

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Network = [Address, number];

// The IANA special-purpose registries (RFC 6890) as far as they are not globally reachable. The first match names the kind,
// so single addresses stand before the ranges that hold them.
const refusedRanges: readonly (readonly [cidr: string, kind: string])[] = [
  ['169.254.169.254/32', 'a cloud metadata address'],
  ['169.254.170.2/32', 'a cloud metadata address'],
  ['100.100.100.200/32', 'a cloud metadata address'],
  // Azure's, the one metadata address that lies in a public range.
  ['168.63.129.16/32', 'a cloud metadata address'],
  ['0.0.0.0/8', 'an unspecified address'],
  ['10.0.0.0/8', 'a private address'],
  ['100.64.0.0/10', 'a carrier-grade NAT address'],
  ['127.0.0.0/8', 'a loopback address'],
  ['169.254.0.0/16', 'a link-local address'],
  ['172.16.0.0/12', 'a private address'],
  ['192.0.2.0/24', 'a documentation address'],
  ['192.0.0.0/24', 'a reserved address'],
  ['192.88.99.0/24', 'a reserved address'],
  ['192.168.0.0/16', 'a private address'],
  ['198.18.0.0/15', 'a benchmarking address'],
  ['198.51.100.0/24', 'a documentation address'],
  ['203.0.113.0/24', 'a documentation address'],
  ['224.0.0.0/4', 'a multicast address'],
  ['240.0.0.0/4', 'a reserved address'],
  ['fd00:ec2::254/128', 'a cloud metadata address'],
  ['fd20:ce::254/128', 'a cloud metadata address'],
  ['::/128', 'an unspecified address'],
  ['::1/128', 'a loopback address'],
  // Where a translator puts the IPv4 address in here is the network's own choice, so none of it can be judged.
  ['64:ff9b:1::/48', 'a local translation address'],
  ['2001:db8::/32', 'a documentation address'],
  ['3fff::/20', 'a documentation address'],
  ['2001:2::/48', 'a benchmarking address'],
  ['2001::/32', 'a Teredo address'],
  ['2001::/23', 'a reserved address'],
  ['fc00::/7', 'a private address'],
  ['fe80::/10', 'a link-local address'],
  ['fec0::/10', 'a site-local address'],
  ['ff00::/8', 'a multicast address'],
  // Global unicast is 2000::/3; these three are all the rest.
  ['::/3', 'a reserved address'],
  ['4000::/2', 'a reserved address'],
  ['8000::/1', 'a reserved address'],
];

/** IPv6 ranges whose addresses stand for an IPv4 one, and where in their 16 bytes it lies (RFC 4291, 6052, 3056). */
const clothing: readonly (readonly [cidr: string, firstByte: number])[] = [
  ['::ffff:0:0/96', 12],
  ['64:ff9b::/96', 12],
  ['2002::/16', 2],
];

/** `allowedNetworks` are CIDRs without a `networkProblem`; what lies inside one is never refused. */
export function createAddressGuard(allowedNetworks: readonly string[]): AddressGuard {
  const allowed = allowedNetworks.map(parseNetwork);
  const refused = refusedRanges.map(([cidr, kind]) => ({ network: parseNetwork(cidr), kind }));
  const dressed = clothing.map(([cidr, firstByte]) => ({
    network: ipaddr.parseCIDR(cidr),
    firstByte,
  }));

  function undress(address: Address): Address {
    const found = dressed.find(({ network }) => contains(network, address));
    if (found === undefined) return address;
    const { firstByte } = found;
    return new ipaddr.IPv4(address.toByteArray().slice(firstByte, firstByte + 4));
  }

  return {
    refusal(text) {
      if (isIP(text) === 0) return 'no readable address';
      const address = parseAddress(text);
      const bare = undress(address);
      const isAllowed = allowed.some((one) => contains(one, bare) || contains(one, address));
      if (isAllowed) return null;
      return refused.find(({ network }) => contains(network, bare))?.kind ?? null;
    },
  };
}

/** What is wrong with one entry of `DELIVERY_ALLOWED_NETWORKS`, or null. */
export function networkProblem(cidr: string): string | null {
  const [base = '', prefix = ''] = cidr.split('/');
  const version = isIP(base);
  const isNetwork =
    version !== 0 &&
    !base.includes('%') &&
    cidr === `${base}/${prefix}` &&
    /^\d{1,3}$/.test(prefix) &&
    Number(prefix) <= (version === 4 ? 32 : 128);
  return isNetwork ? null : 'must be a network in CIDR notation, such as 10.0.0.0/8 or fd00::/8';
}

/** True for the names that RFC 6761 gives to the machine itself, which resolvers may answer without DNS. */
export function isLocalhostName(hostname: string): boolean {
  return /(^|\.)localhost\.?$/i.test(hostname);
}

/** `text` is an address to `isIP`. */
function parseAddress(text: string): Address {
  const withoutZone = text.replace(/%.*$/, '');
  // The library takes `::1.2.3.4` for the mapped `::ffff:1.2.3.4`, which is another address.
  return ipaddr.parse(withoutZone.replace(/^::(?=\d+\.)/, '0::'));
}

function parseNetwork(cidr: string): Network {
  const [base, prefix] = ipaddr.parseCIDR(cidr);
  // A mapped network is the IPv4 network it maps, since addresses are undressed before they are compared.
  if (base instanceof ipaddr.IPv6 && base.isIPv4MappedAddress() && prefix >= 96) {
    return [base.toIPv4Address(), prefix - 96];
  }
  return [base, prefix];
}

function contains([base, prefix]: Network, address: Address): boolean {
  return base.kind() === address.kind() && address.match(base, prefix);
}
