import { createHash } from 'node:crypto';

import type { Question } from './question.ts';
import type { Fault } from './settings.ts';

const windowMs = 60_000;

/** One request as it came in. */
export interface ReceivedRequest {
  /** Epoch ms by the inbox's clock. */
  readonly atMs: number;
  /** The first 12 hex digits of the token's SHA-256; null where the request brought none. */
  readonly token: string | null;
  /** Null where the body could not be read. */
  readonly page: number | null;
  /** The filters that were filled in, as they were sent. */
  readonly filters: Readonly<Record<string, unknown>>;
  /** Null where the request was left hanging. */
  readonly status: number | null;
  readonly fault: Fault | null;
}

export interface RequestLog {
  readonly received: readonly ReceivedRequest[];
  record(request: ReceivedRequest): void;
  /** The most requests that any one token made in any sliding 60 s, whatever they were answered. */
  busiestMinute(): number;
}

export function createRequestLog(): RequestLog {
  const received: ReceivedRequest[] = [];
  return {
    received,
    record(request) {
      received.push(request);
    },
    busiestMinute() {
      const byToken = Map.groupBy(received, ({ token }) => token);
      return Math.max(0, ...[...byToken.values()].map(mostInWindow));
    },
  };
}

/** `requests` in the order of time. The window is open at its start: what came exactly 60 s ago has left it. */
function mostInWindow(requests: readonly ReceivedRequest[]): number {
  let most = 0;
  let start = 0;
  for (const [index, { atMs }] of requests.entries()) {
    while ((requests[start]?.atMs ?? atMs) <= atMs - windowMs) start += 1;
    most = Math.max(most, index - start + 1);
  }
  return most;
}

export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex').slice(0, 12);
}

/** What of the body says more than "all". */
export function filledIn(question: Question): Record<string, unknown> {
  const { page: _page, isExport: _isExport, applicableFilters: _named, ...filters } = question;
  return Object.fromEntries(Object.entries(filters).filter(([, value]) => isFilled(value)));
}

function isFilled(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.values(value).some(isFilled);
  return value !== '' && value !== false;
}
