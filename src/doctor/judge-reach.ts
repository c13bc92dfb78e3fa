import { type Finding, fine, problem, warning } from './finding.ts';

/** What stands at the API's address. */
export type PortFound =
  /** This process has no role `api`, or takes any port. */
  | { readonly kind: 'not_used' }
  | { readonly kind: 'free' }
  | { readonly kind: 'this_service'; readonly ready: boolean; readonly detail: string }
  | { readonly kind: 'taken' }
  | { readonly kind: 'refused'; readonly code: string };

export function judgePort(found: PortFound, address: string): Finding[] {
  const check = 'api.port';
  switch (found.kind) {
    case 'not_used':
      return [];
    case 'free':
      return [fine(check, `${address} is free for the API; the service does not run here now.`)];
    case 'this_service':
      if (found.ready) return [fine(check, `The service runs at ${address} and is ready.`)];
      return [
        problem(check, {
          what: `The service runs at ${address}, but is not ready: ${found.detail}`,
          why: 'It answers 503 until it is.',
          remedy: 'Mend what is said of Redis above; the service goes on by itself.',
        }),
      ];
    case 'taken':
      return [
        problem(check, {
          what: `Something else listens at ${address}.`,
          why: 'The service cannot start its API there.',
          remedy: `Set PORT to a free one, or see who it is: ss -ltnp 'sport = :${portOf(address)}'.`,
        }),
      ];
    case 'refused':
      return [
        problem(check, {
          what: `Nobody may listen at ${address} (${found.code}).`,
          why: 'The service cannot start its API there.',
          remedy:
            'Set HOST to an address of this machine, such as 0.0.0.0, and PORT to one above 1023.',
        }),
      ];
  }
}

function portOf(address: string): string {
  return address.slice(address.lastIndexOf(':') + 1);
}

/** Bits below which a network is wider than any that one team runs. */
const narrow = { v4: 8, v6: 16 };

/** `opensMetadata`: a cloud's metadata address may be reached. */
export function judgeNetworks(networks: readonly string[], opensMetadata: boolean): Finding {
  const check = 'delivery.networks';
  if (networks.length === 0) {
    return fine(check, 'Subscriptions reach public addresses only.');
  }
  const wide = networks.filter(isWide);
  if (wide.length === 0 && !opensMetadata) {
    return fine(check, `Subscriptions may reach ${networks.join(', ')} beside public addresses.`);
  }
  return warning(check, {
    what:
      wide.length > 0
        ? `DELIVERY_ALLOWED_NETWORKS is very wide (${wide.join(', ')}).`
        : 'DELIVERY_ALLOWED_NETWORKS holds the address where clouds hand out credentials.',
    why: 'Whoever may write a subscription can reach everything inside it: databases, Redis, the metadata of the cloud.',
    remedy: 'List only the networks that your subscribers are in, such as 10.20.0.0/16.',
  });
}

function isWide(cidr: string): boolean {
  const [base = '', bits = ''] = cidr.split('/');
  return Number(bits) < (base.includes(':') ? narrow.v6 : narrow.v4);
}
