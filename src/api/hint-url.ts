import type { Context } from 'hono';

/**
 * Where hints for this source go, at the address that the caller itself used to get here, as the proxies in between tell it.
 * Only who holds the key sees it, so whoever lies to us here fools only themselves.
 */
export function hintUrl(c: Context, secret: string): string {
  const asked = new URL(c.req.url);
  const forwarded = (name: string) => c.req.header(name)?.split(',')[0]?.trim() ?? '';
  const protocol = /^https?$/.exec(forwarded('x-forwarded-proto'))?.[0];
  const host = /^[\w.:[\]-]+$/.exec(forwarded('x-forwarded-host'))?.[0] ?? asked.host;
  const origin = `${protocol === undefined ? asked.protocol : `${protocol}:`}//${host}`;
  return new URL(`/hints/${secret}`, URL.canParse(origin) ? origin : asked.origin).href;
}
