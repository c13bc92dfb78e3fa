import type { RedisTarget } from '#store/connection.ts';

type Parsed<T> =
  | { readonly kind: 'valid'; readonly value: T }
  | { readonly kind: 'invalid'; readonly problem: string };

const forms =
  'redis://host:port/db, rediss://…, redis+sentinel://host:port,host:port/name or redis+cluster://host:port,host:port';

/**
 * Reads every form of `REDIS_URL` (contract section 2). WHATWG URLs know no list of hosts, so those forms are taken apart
 * here. A problem never repeats the text, which may hold a password.
 */
export function parseRedisUrl(text: string): Parsed<RedisTarget> {
  const match =
    /^(redis|rediss)(?:\+(sentinel|cluster))?:\/\/(?:([^@]*)@)?([^/?#]+)(?:\/([^?#]*))?(\?.*)?$/.exec(
      text,
    );
  if (match === null) return invalid(`must look like ${forms}`);
  const [, scheme, topology, login = '', hosts = '', path = '', query] = match;
  if (topology === undefined) return parseSingle(text, path);
  if (query !== undefined) return invalid('must not have a query (?…)');
  const nodes = parseNodes(hosts, topology === 'sentinel' ? 26379 : 6379);
  const credentials = parseLogin(login);
  if (nodes === null) return invalid('must name its nodes as host:port,host:port');
  if (credentials === null) return invalid('must percent-encode its user and password');
  const reach = { nodes, tls: scheme === 'rediss', ...credentials };
  if (topology === 'cluster') {
    if (path !== '') return invalid('must end after its nodes: a Cluster has no databases');
    return { kind: 'valid', value: { kind: 'cluster', ...reach } };
  }
  const name = /^([^/]+)(?:\/(\d+))?$/.exec(path);
  if (name?.[1] === undefined) return invalid('must end in the name that Sentinel watches: …/name');
  const db = name[2] === undefined ? {} : { db: Number(name[2]) };
  return { kind: 'valid', value: { kind: 'sentinel', name: name[1], ...reach, ...db } };
}

function invalid(problem: string): { readonly kind: 'invalid'; readonly problem: string } {
  return { kind: 'invalid', problem };
}

function parseSingle(url: string, path: string): Parsed<RedisTarget> {
  if (!URL.canParse(url)) return invalid(`must look like ${forms}`);
  if (!/^\d*$/.test(path)) return invalid('must end in the number of a database or in nothing');
  return { kind: 'valid', value: { kind: 'single', url } };
}

function parseNodes(hosts: string, defaultPort: number): { host: string; port: number }[] | null {
  const nodes: { host: string; port: number }[] = [];
  for (const node of hosts.split(',')) {
    const match = /^(?:\[([\da-f:.]+)\]|([\w.-]+))(?::(\d{1,5}))?$/i.exec(node.trim());
    const host = match?.[1] ?? match?.[2];
    const port = Number(match?.[3] ?? defaultPort);
    if (host === undefined || port < 1 || port > 65_535) return null;
    nodes.push({ host, port });
  }
  return nodes;
}

function parseLogin(login: string): { username?: string; password?: string } | null {
  const colon = login.indexOf(':');
  try {
    const username = decodeURIComponent(colon === -1 ? login : login.slice(0, colon));
    const password = colon === -1 ? '' : decodeURIComponent(login.slice(colon + 1));
    return { ...(username && { username }), ...(password && { password }) };
  } catch {
    return null;
  }
}
