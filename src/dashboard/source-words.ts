import type { z } from 'zod';
import type { freshnessHistorySchema } from '#api/source-history.ts';
import type { SourceView } from '#api/source-view.ts';
import type { Tone } from './components.ts';
import { ageWords, countWords, durationWords, numberWords } from './words.ts';

interface StateWords {
  readonly tone: Tone;
  readonly word: string;
}

const states: Readonly<Record<SourceView['state'], StateWords>> = {
  watching: { tone: 'good', word: 'Watching' },
  baselining: { tone: 'idle', word: 'First reading' },
  paused: { tone: 'idle', word: 'Paused' },
  failing: { tone: 'bad', word: 'Failing' },
};

/** An inbox that just does not answer is not failing yet, but neither is all well. */
export function stateWords({ state, error }: SourceView): StateWords {
  return state !== 'failing' && state !== 'paused' && error !== undefined
    ? { tone: 'warn', word: `${states[state].word}, with errors` }
    : states[state];
}

/** Whether everything is seen there, in a sentence. */
export function sourceAnswer(source: SourceView): string {
  const { state, freshness } = source;
  const { oldestUnverifiedSeconds } = freshness;
  if (state === 'paused') return 'Its inbox is not asked until it is resumed.';
  if (state === 'baselining') return baselineWords(source);
  if (state === 'failing') {
    return 'Its inbox does not answer as it should. It is tried again by itself, at least every 30 s.';
  }
  return oldestUnverifiedSeconds === null
    ? 'Not everyone was read yet.'
    : `Everyone was read within ${ageWords(oldestUnverifiedSeconds)}.`;
}

function baselineWords({ baseline }: SourceView): string {
  const { contacts, expectedContacts, secondsLeft } = baseline;
  const of = expectedContacts === null ? '' : ` of about ${numberWords(expectedContacts)}`;
  const left = secondsLeft === null ? '' : `; about ${durationWords(secondsLeft)} to go`;
  return `The inbox is read for the first time: ${countWords(contacts, 'contact')}${of} so far${left}. What is there already is no news; whoever writes meanwhile is.`;
}

/** How old what is known can be, tier by tier: what it covers, and the age. */
export function freshnessRows({ freshness }: SourceView): (readonly [string, string, string])[] {
  const { hotSeconds, tiers } = freshness;
  return [
    ['Hot', 'People whom the inbox saw lately', age(hotSeconds)],
    ['Active', 'Everyone outside the commonest status', age(tiers.active.oldestUnverifiedSeconds)],
    [
      'Cold',
      'Everyone again, whatever status: finds deletions',
      age(tiers.cold.oldestUnverifiedSeconds),
    ],
  ];
}

function age(seconds: number | null): string {
  return seconds === null ? 'not read yet' : `within ${ageWords(seconds)}`;
}

const readings = {
  lists: 'By status and age: small busy lists are read far more often than large quiet ones.',
  slices: 'By age alone, since it ignores the filter by status.',
  pages: 'Page after page, since it ignores the filter by age. This is slow.',
};
const orders = {
  lastSeenAt: 'by when people were last seen',
  createdAt: 'by when they were created',
  updatedAt: 'by when they were changed',
  none: 'in no order',
};
const verdicts = { unknown: 'not known yet', honoured: 'honoured', ignored: 'ignored' };

/** What its answers have shown of the inbox. */
export function inboxFacts({ inbox }: SourceView): (readonly [string, string])[] {
  if (inbox === undefined) return [];
  const { pageSize, order, filters, pastEnd, shortPages, reading } = inbox;
  return [
    ['How it is read', readings[reading]],
    ['Page size', pageSize === null ? 'not known yet' : countWords(pageSize, 'contact')],
    ['Sorted', order === null ? 'not known yet' : orders[order]],
    ['Filter by last seen', verdicts[filters.lastSeenAt.verdict]],
    ['Filter by creation', verdicts[filters.createdAt.verdict]],
    ['Filter by status', verdicts[filters.status.verdict]],
    ['Past its last page', pastEndWords(pastEnd)],
    ['Short pages', shortPages ? 'sometimes, although more follow' : 'none seen'],
  ];
}

function pastEndWords(pastEnd: 'empty' | 'repeated' | null): string {
  if (pastEnd === null) return 'not known yet';
  return pastEnd === 'empty' ? 'an empty page' : 'the last page again';
}

type Minutes = z.output<typeof freshnessHistorySchema>['minutes'];

/** The oldest that each tier was in the last hour. */
export function staleWords(minutes: Minutes): string {
  const tiers = [
    ['hot', minutes.map(({ hotSeconds }) => hotSeconds)],
    ['active', minutes.map(({ activeSeconds }) => activeSeconds)],
    ['cold', minutes.map(({ coldSeconds }) => coldSeconds)],
  ] as const;
  const known = tiers.flatMap(([name, ages]) => {
    const seconds = ages.filter((each) => each !== null);
    return seconds.length === 0 ? [] : [`${name} ${ageWords(Math.max(...seconds))}`];
  });
  return known.length === 0
    ? 'Nothing was noted in the last hour.'
    : `At most, in the last hour: ${known.join(', ')}.`;
}
