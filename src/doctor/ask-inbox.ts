import type { Inbox, InboxConnection } from '#inbox/client.ts';
import type { Budget } from '#store/budget.ts';
import type { InboxFound } from './judge-inbox.ts';

export interface AskInboxPorts {
  readonly inbox: Pick<Inbox, 'listContacts'>;
  /** Null where Redis is away: one request more is then the least of it. */
  readonly budget: Pick<Budget, 'take'> | null;
  readonly timeoutMs: number;
  readonly wait: (durationMs: number) => Promise<void>;
  readonly now: () => number;
}

const dayMs = 86_400_000;
const patienceMs = 10_000;

/** One question within the token's budget. It asks for people seen tomorrow, so that every answer is small. */
export async function askInbox(
  ports: AskInboxPorts,
  source: InboxConnection & { readonly requestsPerMinute: number },
): Promise<InboxFound> {
  const { inbox, now } = ports;
  const settle = await takeRoom(ports, source);
  if (settle === null) return { kind: 'no_room' };
  const answer = await inbox.listContacts(source, { lastSeenFromMs: now() + dayMs }, 1);
  await settle();
  if (answer.kind !== 'page') return { kind: 'failed', failure: answer };
  const { askedAtMs, answeredAtMs, serverTimeMs, recordCount } = answer;
  const middleMs = (askedAtMs + answeredAtMs) / 2;
  return {
    kind: 'answered',
    roundTripMs: answeredAtMs - askedAtMs,
    clockAheadMs: serverTimeMs === null ? null : serverTimeMs - middleMs,
    recordCount,
  };
}

/** Null where there is none soon; else what says that the request is over. */
async function takeRoom(
  { budget, timeoutMs, wait, now }: AskInboxPorts,
  { token, requestsPerMinute }: { readonly token: string; readonly requestsPerMinute: number },
): Promise<(() => Promise<void>) | null> {
  if (budget === null) return async () => {};
  const giveUpAtMs = now() + patienceMs;
  for (;;) {
    const leftMs = Math.max(0, giveUpAtMs - now());
    const grant = await budget.take(token, {
      asker: 'doctor',
      perMinute: requestsPerMinute,
      timeoutMs,
      urgent: true,
      patienceMs: leftMs,
    });
    if (grant.kind === 'granted') return grant.settle;
    if (grant.waitMs > leftMs) return null;
    await wait(grant.waitMs);
  }
}
