import { type SimulatedContact, wholeSecond } from './contact.ts';
import type { Lies } from './lies.ts';
import { listingKeys } from './listing-order.ts';
import type { Question } from './question.ts';
import { isOnline } from './record.ts';
import type { Lists } from './roster.ts';
import type { FilterKey, SimulatorSettings } from './settings.ts';
import type { Platform } from './shop.ts';

type Contact = Readonly<SimulatedContact>;
type Matches = (contact: Contact) => boolean;
type Settings = Pick<SimulatorSettings, 'filters' | 'pageSize' | 'sort' | 'lies'>;

/**
 * One page of those who match every filter that is heard, in the inbox's order; past the end it is empty. `nowMs` says
 * who is online.
 */
export function findPage(
  settings: Settings,
  lists: Lists,
  question: Question,
  nowMs: number,
): readonly Contact[] {
  const filters = filtersInUse(settings, question, nowMs);
  const skip = (question.page - 1) * settings.pageSize;
  const { members } = lists.listed;
  if (filters.length === 0) return members.slice(skip, skip + settings.pageSize);
  const matches: Matches = (contact) => filters.every((filter) => filter(contact));
  const few = gatherFew(settings.filters, lists, question);
  if (few === null) return pick(members, matches, skip, settings.pageSize);
  const found = few.filter(matches);
  const keyOf = listingKeys[settings.sort];
  found.sort((a, b) => keyOf(a) - keyOf(b) || a.serial - b.serial);
  return found.slice(skip, skip + settings.pageSize);
}

/**
 * All who can match, where one of the ranges or the statuses leaves few of them: readers cut the inbox into slices, and these
 * are found without a look at everyone. Null where it takes that look.
 */
function gatherFew(modes: Settings['filters'], lists: Lists, question: Question) {
  const hears = (key: FilterKey) => isHeard(modes, question, key);
  const created = hears('createdAt') ? wideRange(question.createdAt) : everTimes;
  const seen = hears('lastSeenAt') ? wideRange(question.lastSeenAt) : everTimes;
  const narrowsStatus = hears('status') && question.status.length > 0;
  const orders = narrowsStatus
    ? [...new Set(question.status)].flatMap((status) => lists.byStatus.get(status) ?? [])
    : [lists.byCreation];
  const { byLastSeen } = lists;
  const seenCount = byLastSeen.countBetween(-seen.toMs, -seen.fromMs);
  const createdCount = orders.reduce(
    (sum, order) => sum + order.countBetween(created.fromMs, created.toMs),
    0,
  );
  // To sort a crowd takes longer than to go through all who are sorted already.
  if (Math.min(seenCount, createdCount) > lists.listed.members.length / 16 + 100) return null;
  if (seenCount < createdCount) return byLastSeen.between(-seen.toMs, -seen.fromMs);
  return orders.flatMap((order) => order.between(created.fromMs, created.toMs));
}

function pick(listed: readonly Contact[], matches: Matches, skip: number, count: number) {
  const found: Contact[] = [];
  let matched = 0;
  for (const contact of listed) {
    if (!matches(contact)) continue;
    matched += 1;
    if (matched > skip) found.push(contact);
    if (found.length === count) break;
  }
  return found;
}

type Range = Question['createdAt'];

function isBounded({ startAt, endsAt }: Range): boolean {
  return startAt !== '' || endsAt !== '';
}

function readRange({ startAt, endsAt }: Range) {
  return {
    fromMs: startAt === '' ? Number.NEGATIVE_INFINITY : Date.parse(startAt),
    toMs: endsAt === '' ? Number.POSITIVE_INFINITY : Date.parse(endsAt),
  };
}

const everTimes = readRange({ startAt: '', endsAt: '' });

/** Wide enough for bounds that are read to the second only. */
function wideRange(range: Range) {
  const { fromMs, toMs } = readRange(range);
  return { fromMs: wholeSecond(fromMs), toMs: wholeSecond(toMs) + 999 };
}

function filtersInUse({ filters, lies }: Settings, question: Question, nowMs: number): Matches[] {
  return Object.entries(makers).flatMap(([key, make]) => {
    const filter = isHeard(filters, question, key as FilterKey)
      ? make(question, nowMs, lies)
      : null;
    return filter === null ? [] : [filter];
  });
}

function isHeard(modes: Settings['filters'], question: Question, key: FilterKey): boolean {
  const mode = modes[key];
  return mode === 'always' || (mode === 'whenNamed' && question.applicableFilters.includes(key));
}

/** Null where the question leaves the filter empty. Lists are met by any of their entries. */
type MakeFilter = (question: Question, nowMs: number, lies: Lies) => Matches | null;

const makers: Readonly<Record<FilterKey, MakeFilter>> = {
  createdAt: ({ createdAt }, _, lies) => within(createdAt, lies, (contact) => contact.createdAtMs),
  status: ({ status }) => oneOf(status, (contact) => contact.status),
  lastSeenAt: ({ lastSeenAt }, _, lies) =>
    within(lastSeenAt, lies, (contact) => contact.lastSeenAtMs),
  searchText: ({ searchText }) => search(searchText),
  tags: ({ tags }) => anyOf(tags, (contact) => contact.tags),
  segments: ({ segments }) => anyOf(segments, (contact) => contact.segments),
  _botWebsite: ({ _botWebsite }) => botOf('WEBSITE', _botWebsite),
  _botWhatsapp: ({ _botWhatsapp }) => botOf('WHATSAPP', _botWhatsapp),
  _botTelegram: ({ _botTelegram }) => botOf('TELEGRAM', _botTelegram),
  _botFacebook: ({ _botFacebook }) => botOf('FACEBOOK', _botFacebook),
  _agentAssigned: ({ _agentAssigned }) => oneOf(_agentAssigned, ({ agent }) => agent),
  lastMessageBy: ({ lastMessageBy }) => oneOf(lastMessageBy, (contact) => contact.lastMessage.by),
  isOnline: (question, nowMs) => onlyIf(question.isOnline, (contact) => isOnline(contact, nowMs)),
  userInteracted: ({ userInteracted }) =>
    onlyIf(userInteracted, (contact) => contact.userInteracted),
  isLiveChatActive: ({ isLiveChatActive }) =>
    onlyIf(isLiveChatActive, (contact) => contact.isLiveChatActive),
  isContact: ({ isContact }) => onlyIf(isContact, (contact) => contact.isContact),
  hasOrdered: ({ hasOrdered }) => ordered(hasOrdered),
};

function oneOf(wanted: readonly string[], read: (contact: Contact) => string | null) {
  if (wanted.length === 0) return null;
  return (contact: Contact) => {
    const value = read(contact);
    return value !== null && wanted.includes(value);
  };
}

function anyOf(wanted: readonly string[], valuesOf: (contact: Contact) => readonly string[]) {
  if (wanted.length === 0) return null;
  return (contact: Contact) => valuesOf(contact).some((value) => wanted.includes(value));
}

function onlyIf(isAsked: boolean, matches: Matches) {
  return isAsked ? matches : null;
}

function botOf(platform: Platform, bots: readonly string[]) {
  return oneOf(bots, (contact) => (contact.platform === platform ? contact.bot : null));
}

function within(
  range: Range,
  { bounds, boundsInSeconds }: Lies,
  timeOf: (contact: Contact) => number,
) {
  if (!isBounded(range)) return null;
  const cut = boundsInSeconds ? wholeSecond : (timeMs: number) => timeMs;
  const { fromMs, toMs } = readRange(range);
  const [from, to] = [cut(fromMs), cut(toMs)];
  return (contact: Contact) => {
    const time = cut(timeOf(contact));
    return bounds === 'inclusive' ? time >= from && time <= to : time > from && time < to;
  };
}

function search(text: string) {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return null;
  return ({ name, email, phone }: Contact) =>
    [name, email, `${phone.prefix}${phone.number}`].some((field) =>
      field.toLowerCase().includes(wanted),
    );
}

/** `lastAt` is read as: the latest order was then or later. */
function ordered({ status, lastAt }: Question['hasOrdered']) {
  if (!status && lastAt === '') return null;
  const fromMs = lastAt === '' ? Number.NEGATIVE_INFINITY : Date.parse(lastAt);
  return ({ orderedAtMs }: Contact) => orderedAtMs !== null && orderedAtMs >= fromMs;
}
