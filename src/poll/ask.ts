import type { Logger } from 'pino';
import type { Source } from '#domain/source.ts';
import type { Inbox, InboxAnswer } from '#inbox/client.ts';
import type { InboxQuestion } from '#inbox/request-body.ts';
import type { Budget, Granted } from '#store/budget.ts';

export interface AskPorts {
  readonly inbox: Pick<Inbox, 'listContacts'>;
  readonly budget: Pick<Budget, 'take'>;
  readonly timeoutMs: number;
  readonly now: () => number;
  /** Resolves after `durationMs`, or at once when the signal aborts. */
  readonly wait: (durationMs: number, signal: AbortSignal) => Promise<void>;
  readonly onAnswer: (sourceId: string, kind: InboxAnswer['kind'], durationMs: number) => void;
  readonly log: Pick<Logger, 'warn'>;
}

export type Asked = InboxAnswer | { readonly kind: 'out_of_time' };

interface Request {
  readonly question: InboxQuestion;
  readonly page: number;
}

/** Without a `Retry-After` of its own, a 429 stops the token for this long. */
const defaultSilenceMs = 30_000;

/** Whoever has to wait longer lets go of the source: its token, or its rate, may be another by then. */
const longestWaitMs = 60_000;

/**
 * One request within the token's budget. Waits its turn, but not beyond `deadlineMs` (null: there is none). Of all who wait
 * for one token, those who read a hot window go first.
 */
export async function ask(
  ports: AskPorts,
  source: Source,
  request: Request,
  limits: { readonly deadlineMs: number | null; readonly signal: AbortSignal },
): Promise<Asked> {
  const { budget, timeoutMs, now, wait } = ports;
  for (;;) {
    if (limits.signal.aborted) return { kind: 'out_of_time' };
    const leftMs = (limits.deadlineMs ?? Number.POSITIVE_INFINITY) - now();
    const patienceMs = Math.max(0, Math.min(leftMs, longestWaitMs));
    const grant = await budget.take(source.token, {
      asker: source.id,
      perMinute: source.requestsPerMinute,
      timeoutMs,
      urgent: isHot(request.question),
      patienceMs,
    });
    if (grant.kind === 'granted') return send(ports, source, request, limits.signal, grant);
    if (grant.waitMs > patienceMs) return { kind: 'out_of_time' };
    await wait(grant.waitMs, limits.signal);
  }
}

/** What asks for everyone seen lately, whenever they were created, reads the hot window. */
function isHot({ lastSeenFromMs, createdFromMs }: InboxQuestion): boolean {
  return lastSeenFromMs !== undefined && createdFromMs === undefined;
}

async function send(
  { inbox, now, onAnswer, log }: AskPorts,
  source: Source,
  { question, page }: Request,
  signal: AbortSignal,
  grant: Granted,
): Promise<InboxAnswer> {
  const askedAtMs = now();
  const answer = await inbox.listContacts(source, question, page, signal);
  await grant.settle();
  onAnswer(source.id, answer.kind, now() - askedAtMs);
  if (answer.kind === 'limited') {
    const { halved, limitInForce } = await grant.limited(answer.retryAfterMs ?? defaultSilenceMs);
    const limit = source.requestsPerMinute;
    const line = { source_id: source.id, limit, limit_in_force: limitInForce };
    if (halved) log.warn(line, 'budget.halved');
  }
  return answer;
}
