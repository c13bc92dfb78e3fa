import { isIP } from 'node:net';
import { type AddressGuard, isLocalhostName } from './address-guard.ts';

const mostUrlCharacters = 2048;
const mostLabelCharacters = 63;
const mostNameCharacters = 253;

/** Set by this service or by the connection itself, so that a subscription's own would contradict them. */
const reservedHeaders: ReadonlySet<string> = new Set([
  'host',
  'user-agent',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'upgrade',
  'expect',
]);
const reservedHeaderPrefixes = ['content-', 'webhook-'];

/**
 * Why a subscription may not have this URL, or null (contract section 6). Names are not resolved here: what they lead to
 * is checked at every connection.
 */
export function subscriberUrlProblem(text: string, guard: AddressGuard): string | null {
  if (text.length > mostUrlCharacters) return 'must be at most 2,048 characters long';
  // The parser drops these without a word: what is kept and shown would be another address than the one used.
  if (/[\t\r\n]|^[\0-\x20]|[\0-\x20]$/.test(text)) {
    return 'must not hold line breaks or tabs, nor begin or end with a space';
  }
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    return 'must be a complete http or https URL';
  }
  if (url.username !== '' || url.password !== '') {
    return 'must not hold a user or password; send credentials in `headers`';
  }
  // The parser has already turned every spelling of an IPv4 address (decimal, hex, octal, short) into the dotted one.
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
  const refusal = hostRefusal(host, guard);
  if (refusal !== null) {
    return `must not lead to ${refusal}; an operator can allow its network in DELIVERY_ALLOWED_NETWORKS`;
  }
  return isIP(host) === 0 ? nameProblem(host) : null;
}

/** Why a subscription may not send this extra header, or null; the syntax is RFC 9110's (sections 5.1 and 5.5). */
export function requestHeaderProblem(name: string, value: string): string | null {
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) {
    return 'the name must be letters, digits and hyphens, without spaces or colons';
  }
  const lowerName = name.toLowerCase();
  const isReserved =
    reservedHeaders.has(lowerName) ||
    reservedHeaderPrefixes.some((prefix) => lowerName.startsWith(prefix));
  if (isReserved) return `${lowerName} is set by the service and cannot be chosen`;
  if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) {
    return 'the value must be visible characters on one line';
  }
  return value === value.trim() ? null : 'the value must not begin or end with a space';
}

function hostRefusal(host: string, guard: AddressGuard): string | null {
  if (isIP(host) !== 0) return guard.refusal(host);
  return isLocalhostName(host) ? guard.refusal('127.0.0.1') : null;
}

function nameProblem(name: string): string | null {
  const isWellFormed =
    name.length <= mostNameCharacters &&
    name.split('.').every((label) => label !== '' && label.length <= mostLabelCharacters);
  return isWellFormed ? null : 'must have a host name whose labels are 1 to 63 characters long';
}
