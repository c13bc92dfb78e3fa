import { html } from 'hono/html';
import { streamSSE } from 'hono/streaming';
import type { Html } from './components.ts';
import type { DashboardContext, SignedIn } from './env.ts';
import { problemOf } from './refusal.ts';
import { findSignedIn, type SessionPorts } from './session.ts';

/** What of a page is live, by name. */
type Fragments = ReadonlyMap<string, string>;

/** Keeps what a view marks as live. */
export function createFragments(): {
  live(name: string, content: Html): Html;
  all(): Promise<Fragments>;
} {
  const found = new Map<string, Html>();
  return {
    live(name, content) {
      found.set(name, content);
      return html`<div data-live="${name}">${content}</div>`;
    },
    async all() {
      const texts = [...found].map(
        async ([name, content]) => [name, String(await content)] as const,
      );
      return new Map(await Promise.all(texts));
    },
  };
}

export interface LiveStreams {
  /** Sends what `render` gives as often as it changes, until nobody looks. */
  serve(c: DashboardContext, render: (signedIn: SignedIn) => Promise<Fragments>): Response;
  /** Ends every stream. */
  close(): void;
}

export interface LivePorts extends Pick<SessionPorts, 'sessions' | 'authenticateHash' | 'isReady'> {
  /** Ends early when the signal is aborted. */
  readonly wait: (durationMs: number, signal: AbortSignal) => Promise<void>;
  readonly log: { warn(fields: object, message: string): void };
}

const everyMs = 2000;
/** Proxies end connections that are silent for long. */
const heartbeatAfterRounds = 8;
const mostStreams = 50;

/** Nothing is asked while nobody looks: each stream has its own rounds, and ends with its reader. */
export function createLiveStreams(ports: LivePorts): LiveStreams {
  const open = new Set<AbortController>();
  let isClosed = false;
  return {
    serve(c, render) {
      if (isClosed || open.size >= mostStreams) {
        return c.body(null, 503, { 'retry-after': '30' });
      }
      const ending = new AbortController();
      open.add(ending);
      const { token } = c.get('signedIn');
      return streamSSE(c, async (stream) => {
        stream.onAbort(() => ending.abort());
        const send = (event: string, data: string) => stream.writeSSE({ event, data });
        const beat = () => stream.write(': still here\n\n');
        try {
          await runRounds({ ...ports, send, beat, render, token }, ending.signal);
        } catch (error) {
          // The browser asks again by itself; what went wrong is nothing for it to read.
          ports.log.warn({ err: error }, 'live.failed');
        } finally {
          open.delete(ending);
        }
      });
    },
    close() {
      isClosed = true;
      for (const ending of open) ending.abort();
    },
  };
}

interface Rounds extends LivePorts {
  readonly token: string;
  readonly render: (signedIn: SignedIn) => Promise<Fragments>;
  readonly send: (event: string, data: string) => Promise<unknown>;
  readonly beat: () => Promise<unknown>;
}

async function runRounds(rounds: Rounds, signal: AbortSignal): Promise<void> {
  const sent = new Map<string, string>();
  let silentRounds = 0;
  while (!signal.aborted) {
    const round = await look(rounds);
    if (signal.aborted) return;
    if (round.kind === 'over') {
      await rounds.send('over', round.reason);
      return;
    }
    const changed = round.kind === 'away' ? [] : changes(sent, round.fragments);
    if (round.kind === 'away') await rounds.send('away', '');
    else if (changed.length > 0) await rounds.send('fragments', JSON.stringify(changed));
    silentRounds = changed.length > 0 ? 0 : silentRounds + 1;
    if (silentRounds % heartbeatAfterRounds === 1) await rounds.beat();
    await rounds.wait(everyMs, signal);
  }
}

type Look =
  | { readonly kind: 'seen'; readonly fragments: Fragments }
  /** Redis does not answer; the stream waits for it. */
  | { readonly kind: 'away' }
  /** The page itself has to be asked for again: it would lead to the sign-in, or say what is no longer there. */
  | { readonly kind: 'over'; readonly reason: string };

async function look(rounds: Rounds): Promise<Look> {
  if (!(await rounds.isReady())) return { kind: 'away' };
  try {
    const signedIn = await findSignedIn(rounds, rounds.token, { renew: false });
    if (signedIn === null) return { kind: 'over', reason: 'signed-out' };
    return { kind: 'seen', fragments: await rounds.render(signedIn) };
  } catch (error) {
    const problem = problemOf(error);
    if (problem === null) throw error;
    const { status } = problem;
    return status === 503 || status === 429 ? { kind: 'away' } : { kind: 'over', reason: 'gone' };
  }
}

function changes(sent: Map<string, string>, fragments: Fragments): [string, string][] {
  const changed = [...fragments].filter(([name, text]) => sent.get(name) !== text);
  for (const [name, text] of changed) sent.set(name, text);
  return changed;
}
