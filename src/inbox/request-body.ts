/**
 * Which contacts are asked for. Times are epoch ms, both ends inclusive; what is absent is not filtered, and neither is an
 * empty list of statuses, because the inbox reads `[]` as all.
 */
export interface InboxQuestion {
  readonly lastSeenFromMs?: number;
  readonly createdFromMs?: number;
  readonly createdToMs?: number;
  readonly statuses?: readonly string[];
  /** The inbox's own filters by their wire names (`tags`, `segments`, `_botWebsite`, `isContact`, …). */
  readonly scope?: Readonly<Record<string, unknown>>;
}

/**
 * Every documented filter, switched off. The documented sample asks for `isContact` and `userInteracted`, which would hide
 * imported contacts, who never wrote, and everyone who left no contact details; every record the inbox lists is watched
 * unless the scope narrows it.
 */
const emptyFilters = {
  searchText: '',
  tags: [],
  status: [],
  isOnline: false,
  _botWebsite: [],
  _botWhatsapp: [],
  _botTelegram: [],
  _botFacebook: [],
  _agentAssigned: [],
  segments: [],
  applicableFilters: [],
  lastSeenAt: { startAt: '', endsAt: '' },
  createdAt: { startAt: '', endsAt: '' },
  userInteracted: false,
  lastMessageBy: [],
  isLiveChatActive: false,
  hasOrdered: { status: false, lastAt: '' },
  isContact: false,
};

/**
 * The body of `POST /inbox/users`: all fields are required, so all are always there, and every filter in use is also named
 * in `applicableFilters`, because an inbox may ignore one that is not.
 */
export function requestBody(question: InboxQuestion, page: number): Record<string, unknown> {
  const { applicableFilters, page: _page, isExport: _isExport, ...scope } = question.scope ?? {};
  const filters = {
    ...emptyFilters,
    ...scope,
    hasOrdered: { ...emptyFilters.hasOrdered, ...asObject(scope.hasOrdered) },
    // The scope says who is watched; when and in which status is for each question to say, or no reading would be complete.
    status: question.statuses ?? [],
    lastSeenAt: { startAt: isoOrEmpty(question.lastSeenFromMs), endsAt: '' },
    createdAt: {
      startAt: isoOrEmpty(question.createdFromMs),
      endsAt: isoOrEmpty(question.createdToMs),
    },
  };
  const used = Object.entries(filters).flatMap(([name, value]) => (isUsed(value) ? [name] : []));
  const named = Array.isArray(applicableFilters) ? applicableFilters : [];
  return {
    ...filters,
    applicableFilters: [...new Set([...used, ...named])],
    page,
    // Any other value starts an export job in the customer's account.
    isExport: 'none',
  };
}

function asObject(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}

function isoOrEmpty(timeMs: number | undefined): string {
  return timeMs === undefined ? '' : new Date(timeMs).toISOString();
}

/** `""`, `[]`, `false` and objects of nothing else are how the inbox spells "not filtered". */
function isUsed(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.values(value).some(isUsed);
  return value !== '' && value !== false && value !== null && value !== undefined;
}
