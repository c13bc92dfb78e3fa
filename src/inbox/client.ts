import { Agent, errors, request } from 'undici';

import type { Provider } from '#domain/source.ts';

import { type InboxAnswer, type InboxResponse, readAnswer, sentence } from './answer.ts';
import { providers } from './providers.ts';
import { type InboxQuestion, requestBody } from './request-body.ts';

export type { InboxAnswer } from './answer.ts';

export interface InboxConnection {
  readonly provider: Provider;
  /** The API root, without `/inbox/users`; a trailing slash does not matter. */
  readonly baseUrl: string;
  readonly token: string;
}

export interface Inbox {
  /**
   * Asks for one page, numbered from 1. Always resolves to what came of it, within `timeoutMs`; rejects only for a base
   * URL that is none.
   */
  listContacts(
    connection: InboxConnection,
    question: InboxQuestion,
    page: number,
    signal?: AbortSignal,
  ): Promise<InboxAnswer>;
  /** Cuts what is still on its way: nothing is lost by reading less. */
  close(): Promise<void>;
}

/** Some ten thousand records, far beyond any page, and still harmless to hold in memory. */
const maxBodyBytes = 32 * 1024 * 1024;

/** `timeoutMs` is one deadline over connecting, headers and body; `now` stamps the answers, epoch ms. */
export function createInbox(options: { timeoutMs: number; now: () => number }): Inbox {
  const { timeoutMs, now } = options;
  const agent = new Agent({
    // The deadline gives up on a request, not on the connection it waits for.
    connect: { timeout: timeoutMs },
    // These start anew with every byte, so a dripping body outlives them; the deadline below does the work.
    headersTimeout: 0,
    bodyTimeout: 0,
    maxResponseSize: maxBodyBytes,
  });
  return {
    async listContacts(connection, question, page, signal) {
      if (!/^[\x21-\x7e]+$/.test(connection.token)) return unsendableToken;
      const url = new URL(`${connection.baseUrl.replace(/\/+$/, '')}/inbox/users`);
      let response: InboxResponse;
      const deadline = AbortSignal.timeout(timeoutMs);
      const stop = signal === undefined ? deadline : AbortSignal.any([deadline, signal]);
      const askedAtMs = now();
      try {
        const { statusCode, headers, body } = await request(url, {
          dispatcher: agent,
          method: 'POST',
          headers: requestHeaders(connection),
          body: JSON.stringify(requestBody(question, page)),
          signal: stop,
        });
        const text = await body.text();
        response = { statusCode, headers, text, askedAtMs, answeredAtMs: now() };
      } catch (error) {
        if (signal?.aborted) return unavailable('aborted', 'was aborted');
        if (deadline.aborted || error instanceof errors.ConnectTimeoutError) {
          return unavailable('timeout', `took longer than ${timeoutMs} ms`);
        }
        return failedExchange(error);
      }
      return readAnswer(response, connection.token);
    },
    close: () => agent.destroy(),
  };
}

function requestHeaders(connection: InboxConnection): Record<string, string> {
  return {
    ...providers[connection.provider].headers,
    authorization: `Bearer ${connection.token}`,
    'content-type': 'application/json',
    accept: 'application/json',
    // Some 50 KB/s at the inbox's limit: less than inflating costs, and no bomb to guard against.
    'accept-encoding': 'identity',
    'user-agent': 'inbox-notifier',
  };
}

/** Mostly a stray line break from a secrets file. */
const unsendableToken: InboxAnswer = {
  kind: 'unauthorized',
  message: sentence('was not sent', 'the token is empty or holds characters no header can carry'),
};

type Unavailable = Extract<InboxAnswer, { kind: 'unavailable' }>;

function unavailable(reason: Unavailable['reason'], predicate: string): Unavailable {
  return { kind: 'unavailable', reason, message: sentence(predicate) };
}

/** A mistake of ours (`InvalidArgumentError`) is no answer of the inbox's and is thrown on. */
function failedExchange(error: unknown): Unavailable {
  if (error instanceof errors.InvalidArgumentError) throw error;
  if (error instanceof errors.ResponseExceededMaxSizeError) {
    return unavailable('malformed', `was answered with more than ${maxBodyBytes} bytes`);
  }
  if (error instanceof errors.ClientDestroyedError) return unavailable('aborted', 'was aborted');
  const code = error instanceof Error && 'code' in error ? ` (${error.code})` : '';
  return unavailable('connection', `got no complete answer${code}`);
}
