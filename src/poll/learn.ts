import type { Contact } from '#domain/contact.ts';
import type { InboxQuestion } from '#inbox/request-body.ts';
import type { Learned } from '#store/source-state.ts';

export const filterNames = ['lastSeenAt', 'createdAt', 'status'] as const;
export type FilterName = (typeof filterNames)[number];

/** What one answer shows of the inbox that gave it. */
export interface Shown {
  readonly question: InboxQuestion;
  readonly contacts: readonly Contact[];
  readonly recordCount: number;
  readonly nowMs: number;
}

export const nothingLearned: Learned = {
  pageSize: null,
  order: null,
  lastSeenAt: { verdict: 'unknown', atMs: 0 },
  createdAt: { verdict: 'unknown', atMs: 0 },
  status: { verdict: 'unknown', atMs: 0 },
  pastEnd: null,
  shortPages: false,
  expectedPages: null,
};

/** What has been seen but not often enough to be believed; only in memory, where losing it costs another look. */
export interface Evidence {
  /** The longest page, and whether it was seen twice. */
  longest: { size: number; times: number };
  /** Pages that came shorter than what should have been on them, in a row, all of this size. */
  shortfall: { size: number; times: number };
  /** How often a page was found to be full although longer ones had been seen. */
  shrunk: number;
  readonly violations: Record<FilterName, number>;
  /** Listings in a row that came in this order. */
  readonly ordered: Record<'lastSeenAt' | 'createdAt' | 'updatedAt', number>;
}

export function createEvidence(): Evidence {
  return {
    longest: { size: 0, times: 0 },
    shortfall: { size: 0, times: 0 },
    shrunk: 0,
    violations: { lastSeenAt: 0, createdAt: 0, status: 0 },
    ordered: { lastSeenAt: 0, createdAt: 0, updatedAt: 0 },
  };
}

/** Once may be a hiccup. */
const violationsNeeded = 2;
const listingsNeeded = 3;
/** A listing with fewer different stamps can be in order by chance. */
const stampsNeeded = 5;
const shortfallsNeeded = 3;
const shrinksBelieved = 2;

/** Checks every answer against its own question, and takes from it what it tells of page size and order. */
export function learn(learned: Learned, evidence: Evidence, shown: Shown): Learned {
  let next = learnPageSize(learned, evidence, shown.recordCount);
  next = learnOrder(next, evidence, shown);
  for (const name of filterNames) next = learnFilter(next, evidence, name, shown);
  return next;
}

function learnPageSize(learned: Learned, { longest }: Evidence, size: number): Learned {
  if (size > longest.size) Object.assign(longest, { size, times: 0 });
  if (size === longest.size) longest.times += 1;
  const isLonger = longest.size > (learned.pageSize ?? 0) && longest.times >= 2;
  return isLonger ? { ...learned, pageSize: longest.size } : learned;
}

/**
 * A page that misses people it should hold: once it is they that went, but again and again at one size it is the page that
 * shrank.
 */
export function learnShortfall(
  learned: Learned,
  evidence: Evidence,
  size: number,
  isShort: boolean,
): Learned {
  const { shortfall } = evidence;
  if (!isShort || size === 0) {
    if (size > shortfall.size) shortfall.times = 0;
    return learned;
  }
  if (shortfall.size !== size) Object.assign(shortfall, { size, times: 0 });
  shortfall.times += 1;
  if (shortfall.times < shortfallsNeeded || size >= (learned.pageSize ?? 0)) return learned;
  shortfall.times = 0;
  return learnShrunkPage(learned, evidence, size);
}

/** A full page was shorter than those before it: so is the page size, or, if that goes on, there is none. */
export function learnShrunkPage(learned: Learned, evidence: Evidence, size: number): Learned {
  Object.assign(evidence.longest, { size, times: 2 });
  evidence.shrunk += 1;
  const shortPages = learned.shortPages || evidence.shrunk > shrinksBelieved;
  return { ...learned, pageSize: Math.max(1, size), shortPages };
}

function learnOrder(
  learned: Learned,
  { ordered }: Evidence,
  { question, contacts }: Shown,
): Learned {
  // Slices and lists hold too little of a time to tell.
  if (question.createdFromMs !== undefined || question.createdToMs !== undefined) return learned;
  let isUnordered = contacts.length >= stampsNeeded;
  for (const stamp of ['lastSeenAt', 'createdAt', 'updatedAt'] as const) {
    const times = contacts.map((contact) => contact[`${stamp}Ms`] ?? 0);
    if (!isNewestFirst(times)) {
      ordered[stamp] = 0;
      continue;
    }
    isUnordered = false;
    if (new Set(times).size >= stampsNeeded) ordered[stamp] += 1;
  }
  const isEnough = (stamp: keyof typeof ordered) => ordered[stamp] >= listingsNeeded;
  const found = (['lastSeenAt', 'createdAt', 'updatedAt'] as const).filter(isEnough);
  const [only] = found;
  if (learned.order !== null && learned.order !== 'none' && ordered[learned.order] > 0)
    return learned;
  // Two at once cannot be told apart yet.
  if (only !== undefined && found.length === 1) return { ...learned, order: only };
  return isUnordered && learned.order !== 'none' ? { ...learned, order: 'none' } : learned;
}

export function isNewestFirst(times: readonly number[]): boolean {
  return times.every((time, index) => index === 0 || time <= (times[index - 1] ?? 0));
}

function learnFilter(
  learned: Learned,
  { violations }: Evidence,
  name: FilterName,
  { question, contacts, nowMs }: Shown,
): Learned {
  const isInside = insideOf(name, question);
  if (isInside === null || contacts.length === 0) return learned;
  const outside = contacts.filter((contact) => !isInside(contact)).length;
  // An odd record or two, changed while it was read, must not look like a filter that is not honoured.
  const isViolated = outside * 2 > contacts.length;
  violations[name] = isViolated ? violations[name] + 1 : 0;
  if (isViolated && violations[name] < violationsNeeded) return learned;
  // Found so again after another try: the next try is as far off as after the first.
  const isNews = learned[name].verdict === 'honoured' || mayBeHonoured(learned, name, nowMs);
  if (isViolated) return isNews ? distrusted(learned, name, nowMs) : learned;
  // A mixed page says nothing for the filter, and a page that would be the same without it not enough.
  if (outside > 0 || !mayBeHonoured(learned, name, nowMs)) return learned;
  return judged(learned, name, 'honoured', nowMs);
}

/** Where `createdAt` is ignored nothing is asked by status any more, and what was known of that filter is to be tried anew. */
function distrusted(learned: Learned, name: FilterName, nowMs: number): Learned {
  const next = judged(learned, name, 'ignored', nowMs);
  if (name !== 'createdAt' || learned.status.verdict !== 'honoured') return next;
  return { ...next, status: nothingLearned.status };
}

function judged(
  learned: Learned,
  name: FilterName,
  verdict: 'honoured' | 'ignored',
  atMs: number,
): Learned {
  return { ...learned, [name]: { verdict, atMs } };
}

/** What was ignored once is not trusted again for this long, and then tried anew. */
const distrustMs = 600_000;

/** Whether a filter is to be tried: nobody knows yet, or it was ignored long ago. */
export function mayBeHonoured(learned: Learned, name: FilterName, nowMs: number): boolean {
  const { verdict, atMs } = learned[name];
  return verdict === 'unknown' || (verdict === 'ignored' && Math.abs(nowMs - atMs) >= distrustMs);
}

/** Stamps are cut to the second somewhere on the way. */
const toleranceMs = 1000;

/** Whether a contact satisfies this part of the question; null where it is not asked. */
function insideOf(
  name: FilterName,
  question: InboxQuestion,
): ((contact: Contact) => boolean) | null {
  const { lastSeenFromMs, createdFromMs, createdToMs, statuses } = question;
  if (name === 'lastSeenAt') {
    if (lastSeenFromMs === undefined) return null;
    return ({ lastSeenAtMs }) =>
      lastSeenAtMs === null || lastSeenAtMs >= lastSeenFromMs - toleranceMs;
  }
  if (name === 'status') {
    if (statuses === undefined || statuses.length === 0) return null;
    return ({ status }) => statuses.includes(status);
  }
  if (createdFromMs === undefined && createdToMs === undefined) return null;
  const from = (createdFromMs ?? Number.NEGATIVE_INFINITY) - toleranceMs;
  const to = (createdToMs ?? Number.POSITIVE_INFINITY) + toleranceMs;
  return ({ createdAtMs }) => createdAtMs >= from && createdAtMs <= to;
}
