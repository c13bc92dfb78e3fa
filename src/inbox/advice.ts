import type { InboxAnswer } from './answer.ts';

/** What did not bring a page. */
export type InboxFailure = Exclude<InboxAnswer, { kind: 'page' }>;

type Advice = readonly [sign: RegExp, advice: string];

const byStatus: readonly Advice[] = [
  [
    /answered 3\d\d/,
    'Give the source the address that it redirects to as its baseUrl (INBOX_BASE_URL).',
  ],
  [
    /answered 403/,
    'The token is known, but may not read the inbox. See in the inbox’s customer panel what its account allows, and that the provider is the right one.',
  ],
  [
    /answered 40[45]/,
    'There is no inbox API at this address. The baseUrl (INBOX_BASE_URL) is the root of the API, without /inbox/users.',
  ],
  [
    /answered 4\d\d/,
    'The inbox does not take what it was asked. See that scope, baseUrl and provider fit it.',
  ],
];

const byCode: readonly Advice[] = [
  [
    /ENOTFOUND|EAI_AGAIN|ENODATA/,
    'The host name has no address. Correct the baseUrl (INBOX_BASE_URL), or the name server of this machine.',
  ],
  [
    /ECONNREFUSED/,
    'Nothing listens there. Correct the baseUrl (INBOX_BASE_URL), or start what should listen.',
  ],
  [
    /EHOSTUNREACH|ENETUNREACH/,
    'No way leads there from this machine. See that it reaches the internet.',
  ],
  [
    /CERT|SELF_SIGNED|UNABLE_TO_(VERIFY|GET)/,
    'The certificate of the inbox is not trusted here. If it is your own, name its authority in NODE_EXTRA_CA_CERTS; if not, do not go on: somebody may stand in between.',
  ],
  [
    /ERR_SSL|EPROTO/,
    'No TLS is spoken there. Write http:// instead of https://, or correct the port.',
  ],
];

/** What to do about an answer that is none, a sentence or two for operators. */
export function adviseOnInbox(failure: InboxFailure): string {
  const { message } = failure;
  switch (failure.kind) {
    case 'unauthorized':
      return 'Give the source a valid token (INBOX_API_TOKEN) from the inbox’s customer panel; it may have been renewed there.';
    case 'limited':
      return 'Someone else uses this token, or its limit is lower than requestsPerMinute (INBOX_REQUESTS_PER_MINUTE). It is asked again by itself, more slowly.';
    case 'refused':
      return byStatus.find(([sign]) => sign.test(message))?.[1] ?? again;
    case 'unavailable':
      return adviseOnSilence(failure);
  }
}

const again = 'It is asked again by itself.';

function adviseOnSilence({
  reason,
  message,
}: Extract<InboxFailure, { kind: 'unavailable' }>): string {
  if (reason === 'malformed') {
    return 'Something else than the inbox’s API answers there, such as a web page or a proxy. Correct the baseUrl (INBOX_BASE_URL): it is the root of the API, without /inbox/users.';
  }
  if (reason === 'timeout') {
    return 'The inbox is slow, or a firewall is in between. It is asked again by itself; INBOX_TIMEOUT_MS gives it longer.';
  }
  if (reason === 'connection') return byCode.find(([sign]) => sign.test(message))?.[1] ?? again;
  return again;
}
