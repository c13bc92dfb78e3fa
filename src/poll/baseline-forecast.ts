import type { SourceRuntime } from '#store/source-state.ts';

/** What is left of the baseline; null where nobody knows yet. */
export interface BaselineForecast {
  readonly expectedContacts: number | null;
  readonly secondsLeft: number | null;
}

export function forecastBaseline(
  { baselineCompletedAtMs, learned, contacts = 0 }: SourceRuntime,
  requestsPerMinute: number,
): BaselineForecast {
  if (baselineCompletedAtMs !== undefined) return { expectedContacts: null, secondsLeft: 0 };
  const { expectedPages = null, pageSize = null } = learned ?? {};
  if (expectedPages === null || pageSize === null) {
    return { expectedContacts: null, secondsLeft: null };
  }
  const expectedContacts = Math.max(contacts, expectedPages * pageSize);
  const requestsLeft = Math.ceil((expectedContacts - contacts) / pageSize);
  return { expectedContacts, secondsLeft: Math.ceil((requestsLeft * 60) / requestsPerMinute) };
}

/** How far it is, for people. */
export function describeBaseline(
  contacts: number,
  { expectedContacts, secondsLeft }: BaselineForecast,
): string {
  const read = contacts.toLocaleString('en');
  if (expectedContacts === null) {
    return `${read} contacts read; how many there are is not known yet`;
  }
  const share = expectedContacts === 0 ? 100 : Math.floor((100 * contacts) / expectedContacts);
  const expected = expectedContacts.toLocaleString('en');
  const left = secondsLeft === null ? '' : `, about ${inWords(secondsLeft)} left`;
  return `${read} of about ${expected} contacts read (${share} %)${left}`;
}

function inWords(seconds: number): string {
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} minutes` : `${Math.round(minutes / 60)} hours`;
}
