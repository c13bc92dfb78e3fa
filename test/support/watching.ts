import type { InboxAnswer } from '#inbox/client.ts';
import { createPollJob } from '#poll/poll-job.ts';
import type { Connection } from '#store/connection.ts';
import { setUpPolling } from './polling.ts';

type Page = Extract<InboxAnswer, { kind: 'page' }>;
type Polling = Awaited<ReturnType<typeof setUpPolling>>;
type Ask = Parameters<Polling['ports']['inbox']['listContacts']>;

/** A simulated inbox whose contacts are known and were last seen an hour ago, so that no hot window shows them. */
export async function watchInbox(
  connection: Connection,
  options: Parameters<typeof setUpPolling>[1] & {
    readonly scope?: Record<string, unknown>;
    /** What happens in the inbox before the source is connected. */
    readonly arrange?: (simulator: Polling['simulator']) => void;
  } = {},
) {
  const { scope, arrange, ...others } = options;
  const polling = await setUpPolling(connection, others);
  const { clock, events, poll, pass, ports, simulator, source } = polling;
  const { listContacts } = ports.inbox;
  arrange?.(simulator);
  if (scope !== undefined) {
    Object.assign(ports, { sources: { get: async () => ({ ...source, scope }) } });
  }
  await poll();
  pass(3_600_000);
  await poll();

  /** Polls every ten seconds for so long. */
  async function pollFor(durationMs: number, everyMs = 10_000) {
    const endMs = clock.nowMs + durationMs;
    while (clock.nowMs < endMs) {
      pass(everyMs);
      await poll();
    }
  }

  return {
    ...polling,
    pollFor,
    /** Everyone listed, the oldest first. */
    byAge: () => simulator.population.listed().toSorted((a, b) => a.createdAtMs - b.createdAtMs),
    ofStatus(status: string) {
      const found = simulator.population.listed().find((contact) => contact.status === status);
      if (found === undefined) throw new Error(`Nobody has the status ${status}.`);
      return found;
    },
    /** Each event so far as its type and whom it is about. */
    news: async () => (await events()).map(({ type, data }) => [type, data.contact?._id] as const),
    statusChanges: async () =>
      (await events()).filter(({ type }) => type === 'contact.status_changed'),
    /** From now on answers go through this. */
    alter(change: (page: Page, question: Ask[1]) => Page) {
      Object.assign(ports, {
        inbox: {
          async listContacts(...request: Ask) {
            const answer = await listContacts(...request);
            return answer.kind === 'page' ? change(answer, request[1]) : answer;
          },
        },
      });
    },
    /** From now on the inbox does not hear these parts of a question. */
    beDeafTo(...parts: readonly (keyof Ask[1])[]) {
      Object.assign(ports, {
        inbox: {
          listContacts(...[asker, question, ...rest]: Ask) {
            const heard = { ...question };
            for (const part of parts) delete heard[part];
            return listContacts(asker, heard, ...rest);
          },
        },
      });
    },
    /** Another process that polls the same source. */
    openSecond() {
      const second = createPollJob(ports);
      return () => second(source.id, new AbortController().signal);
    },
  };
}

/** The page without these. */
export function without(page: Page, ids: readonly string[]): Page {
  const contacts = page.contacts.filter(({ id }) => !ids.includes(id));
  return { ...page, contacts, recordCount: contacts.length };
}

/** The page of an inbox that shows fewer at once. */
export function firstOf(page: Page, count: number): Page {
  const contacts = page.contacts.slice(0, count);
  return { ...page, contacts, recordCount: contacts.length };
}
