import type { Source } from '#domain/source.ts';
import type { Inbox, InboxAnswer } from '#inbox/client.ts';
import type { InboxQuestion } from '#inbox/request-body.ts';
import type { Budget } from '#store/budget.ts';

export interface AskPorts {
  readonly inbox: Pick<Inbox, 'listContacts'>;
  readonly budget: Pick<Budget, 'take' | 'block'>;
  readonly timeoutMs: number;
  readonly now: () => number;
  /** Resolves after `durationMs`, or at once when the signal aborts. */
  readonly wait: (durationMs: number, signal: AbortSignal) => Promise<void>;
  readonly onAnswer: (sourceId: string, kind: InboxAnswer['kind'], durationMs: number) => void;
}

export type Asked = InboxAnswer | { readonly kind: 'out_of_time' };

/** Without a `Retry-After` of its own, a 429 stops the token for this long. */
const defaultBlockMs = 30_000;

/** Whoever has to wait longer lets go of the source: its token, or its rate, may be another by then. */
const longestWaitMs = 60_000;

/** One request within the token's budget. Waits its turn, but not beyond `deadlineMs` (null: there is none). */
export async function ask(
  { inbox, budget, timeoutMs, now, wait, onAnswer }: AskPorts,
  source: Source,
  request: { readonly question: InboxQuestion; readonly page: number },
  limits: { readonly deadlineMs: number | null; readonly signal: AbortSignal },
): Promise<Asked> {
  for (;;) {
    if (limits.signal.aborted) return { kind: 'out_of_time' };
    const grant = await budget.take(source.token, source.requestsPerMinute, timeoutMs);
    if (grant.kind === 'granted') {
      const askedAtMs = now();
      const answer = await inbox.listContacts(
        source,
        request.question,
        request.page,
        limits.signal,
      );
      await grant.settle();
      onAnswer(source.id, answer.kind, now() - askedAtMs);
      if (answer.kind === 'limited') {
        await budget.block(source.token, answer.retryAfterMs ?? defaultBlockMs);
      }
      return answer;
    }
    const isLate = limits.deadlineMs !== null && now() + grant.waitMs > limits.deadlineMs;
    if (isLate || grant.waitMs > longestWaitMs) return { kind: 'out_of_time' };
    await wait(grant.waitMs, limits.signal);
  }
}
