import type { SourceState } from '#domain/source.ts';
import { adviseOnInbox, type InboxFailure } from '#inbox/advice.ts';
import { type Finding, fine, problem, warning } from './finding.ts';
import { judgeClock } from './judge-clock.ts';

/** What one question to the inbox of the environment came to; nobody was ever seen at the time that it asks for. */
export type InboxFound =
  /** The environment names no inbox. */
  | { readonly kind: 'not_named' }
  /** The token's requests of this minute are used up, or the inbox asked for silence. */
  | { readonly kind: 'no_room' }
  | { readonly kind: 'failed'; readonly failure: InboxFailure }
  | {
      readonly kind: 'answered';
      readonly roundTripMs: number;
      /** By its `Date` header, minus our clock; null where it sent none. */
      readonly clockAheadMs: number | null;
      /** Records that are on the page although they do not pass the filter. */
      readonly recordCount: number;
    };

/** How a source stands by what is kept of it. */
export interface SourceFound {
  readonly id: string;
  readonly state: SourceState;
  readonly said: string | null;
  readonly warnings: readonly string[];
}

/** The inbox allows so many a minute. */
const documentedLimit = 100;

export function judgeInbox(found: InboxFound, where: string): Finding[] {
  const check = 'inbox';
  switch (found.kind) {
    case 'not_named':
      return [
        fine(check, 'INBOX_API_TOKEN is unset: inboxes come over the API (POST /v1/sources).'),
      ];
    case 'no_room':
      return [
        warning(check, {
          what: `The inbox at ${where} was not asked: its requests of this minute are used up.`,
          why: 'Its limit holds for the doctor as well; so nothing was learned of the token.',
          remedy: 'Run this again in a minute.',
        }),
      ];
    case 'failed':
      return [judgeFailure(found.failure, where)];
    case 'answered':
      return judgeAnswer(found, where);
  }
}

function judgeFailure(failure: InboxFailure, where: string): Finding {
  // A 429 passes by itself, and shows a token that is known.
  const judge = failure.kind === 'limited' ? warning : problem;
  return judge('inbox', {
    what: `The inbox at ${where} did not answer as it should. ${failure.message}`,
    why: 'Nothing that happens there is seen until it does.',
    remedy: adviseOnInbox(failure),
  });
}

function judgeAnswer(found: Extract<InboxFound, { kind: 'answered' }>, where: string): Finding[] {
  const { roundTripMs, clockAheadMs, recordCount } = found;
  const filters =
    recordCount === 0
      ? fine('inbox.filters', 'It honours the filter lastSeenAt: nobody was seen tomorrow.')
      : warning('inbox.filters', {
          what: 'It ignores the filter lastSeenAt: it showed people for a time that has not come.',
          why: 'New contacts and messages are found only as the whole inbox is read.',
          remedy:
            'Nothing here: the service reads it in the next best way. Tell the inbox’s support.',
        });
  const clock =
    clockAheadMs === null
      ? warning('inbox.clock', {
          what: 'It sends no Date header that can be read.',
          why: 'What was seen lately is then asked for by this machine’s clock, which may differ.',
          remedy: 'See whether a proxy in between takes the header away.',
        })
      : // The header has whole seconds.
        judgeClock('inbox.clock', 'the inbox', clockAheadMs + 500, roundTripMs + 500);
  return [
    fine('inbox', `The inbox at ${where} takes the token (${roundTripMs.toFixed(0)} ms).`),
    filters,
    clock,
  ];
}

export function judgeRate(requestsPerMinute: number): Finding[] {
  if (requestsPerMinute <= documentedLimit) return [];
  return [
    warning('inbox.rate', {
      what: `INBOX_REQUESTS_PER_MINUTE is ${requestsPerMinute}, more than the ${documentedLimit} that the inbox allows.`,
      why: 'It will answer 429, and everyone who uses the token waits.',
      remedy: 'Set it to 90, or leave it out.',
    }),
  ];
}

export function judgeSources(sources: readonly SourceFound[]): Finding[] {
  return sources.flatMap(({ id, state, said, warnings }) => {
    const check = `source.${id}`;
    if (state === 'failing') {
      return [
        problem(check, {
          what: `The source ${id} is failing.`,
          why: said ?? 'Its inbox does not answer.',
          remedy: `Once mended: POST /v1/sources/${id}/poll has it tried at once.`,
        }),
      ];
    }
    const slow = warnings.map((sentence) =>
      warning(check, {
        what: `The source ${id} is watched more slowly than it could be.`,
        why: sentence,
        remedy: 'docs/watching.md tells how it is read instead.',
      }),
    );
    return slow.length > 0 ? slow : [fine(check, `The source ${id} is ${state}.`)];
  });
}
