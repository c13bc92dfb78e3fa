import type { Contact } from '#domain/contact.ts';
import { parseHttpDate, parseRetryAfter } from '#domain/http-date.ts';

import { failureMessage, parsePage } from './wire.ts';

/** What one request to the inbox came to. Every `message` is one sentence for operators and never holds the token. */
export type InboxAnswer =
  | {
      readonly kind: 'page';
      readonly contacts: readonly Contact[];
      /** Records on the page, good and bad. */
      readonly recordCount: number;
      readonly rejectedCount: number;
      /** The `Date` header, whole seconds as epoch ms; null where the inbox sent none that can be read. */
      readonly serverTimeMs: number | null;
      /** Just before the request was sent and just after the last byte came, epoch ms of our own clock. */
      readonly askedAtMs: number;
      readonly answeredAtMs: number;
    }
  | { readonly kind: 'unauthorized'; readonly message: string }
  /** 4xx other than 401 and 429, or a redirect: asking the same again will not help. */
  | { readonly kind: 'refused'; readonly message: string }
  | {
      readonly kind: 'limited';
      /** How long the inbox asked us to stay away; null when it did not say. */
      readonly retryAfterMs: number | null;
      readonly message: string;
    }
  | {
      readonly kind: 'unavailable';
      readonly reason:
        | 'server_error'
        | 'timeout'
        | 'connection'
        | 'malformed'
        | 'unsuccessful'
        | 'aborted';
      readonly message: string;
    };

/** One whole HTTP response. */
export interface InboxResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  readonly askedAtMs: number;
  readonly answeredAtMs: number;
}

/** One absurd header cannot silence a source for ever. */
const longestSilenceMs = 24 * 3_600_000;

/**
 * Names what a response means. The content type is not consulted: an inbox that sends JSON as text is still understood,
 * and HTML that calls itself JSON still is not. The token is asked for so that an inbox which repeats it is not quoted on it.
 */
export function readAnswer(response: InboxResponse, token: string): InboxAnswer {
  const { statusCode, headers, askedAtMs, answeredAtMs } = response;
  const body = parseJson(response.text);
  const dateMs = parseHttpDate(String(headers.date));
  if (statusCode >= 200 && statusCode < 300) {
    const parsed = parsePage(body);
    if (parsed.kind === 'page') return { ...parsed, serverTimeMs: dateMs, askedAtMs, answeredAtMs };
    const what = parsed.kind === 'malformed' ? 'not a page of contacts' : 'a failure';
    const message = sentence(`was answered ${statusCode} with ${what}`, spoken(body, token));
    return { kind: 'unavailable', reason: parsed.kind, message };
  }
  if (statusCode < 400) {
    const message = sentence(`was answered ${statusCode}`, 'redirects are never followed');
    return { kind: 'refused', message };
  }
  const message = sentence(`was answered ${statusCode}`, spoken(body, token));
  if (statusCode === 401) return { kind: 'unauthorized', message };
  if (statusCode === 429) {
    // A date is in the inbox's own time, so it is read against the inbox's clock where that is known.
    const nowMs = dateMs ?? answeredAtMs;
    const askedMs = parseRetryAfter(String(headers['retry-after']), nowMs);
    const retryAfterMs = askedMs === null ? null : Math.min(askedMs, longestSilenceMs);
    return { kind: 'limited', retryAfterMs, message };
  }
  if (statusCode < 500) return { kind: 'refused', message };
  return { kind: 'unavailable', reason: 'server_error', message };
}

/** One line for operators: `POST /inbox/users {predicate}: {detail}`. */
export function sentence(predicate: string, detail = ''): string {
  return `POST /inbox/users ${predicate}${detail === '' ? '.' : `: ${detail}`}`;
}

/** The inbox's own words as at most 300 characters of one line, `''` when there are none or they are markup. */
function spoken(body: unknown, token: string): string {
  const message = failureMessage(body);
  if (/<[a-z!/]/i.test(message)) return '';
  const line = message.replaceAll(token, '[token]').replaceAll(/[\s\p{Cc}]+/gu, ' ');
  return line.trim().slice(0, 300);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
