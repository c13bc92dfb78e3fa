import type { Provider } from '#domain/source.ts';
import { type Lies, noLies } from './lies.ts';

/** The body fields that narrow a listing; `page`, `isExport` and `applicableFilters` do not. */
export const filterKeys = [
  'searchText',
  'tags',
  'status',
  'isOnline',
  '_botWebsite',
  '_botWhatsapp',
  '_botTelegram',
  '_botFacebook',
  '_agentAssigned',
  'segments',
  'lastSeenAt',
  'createdAt',
  'userInteracted',
  'lastMessageBy',
  'isLiveChatActive',
  'hasOrdered',
  'isContact',
] as const;
export type FilterKey = (typeof filterKeys)[number];

/** `whenNamed`: only while `applicableFilters` holds the key. `never`: the inbox reads it and does nothing. */
export type FilterMode = 'always' | 'whenNamed' | 'never';

export const sortOrders = ['lastSeenAt', 'createdAt', 'updatedAt', 'none'] as const;
export type SortOrder = (typeof sortOrders)[number];

/** Ways to fail that are not the asker's fault. `unsuccessful` is `success: false` with status 200. */
export const faults = ['server500', 'html', 'cut', 'hang', 'unsuccessful'] as const;
export type Fault = (typeof faults)[number];

/** Poisson rates. An import and a bulk close each touch many contacts at once. */
export interface ActivityPerMinute {
  readonly visitorMessages: number;
  readonly newContacts: number;
  readonly imports: number;
  readonly agentStatusChanges: number;
  readonly bulkCloses: number;
  readonly reassignments: number;
  readonly deletions: number;
  /** Name, e-mail, phone, tags, segments or attributes. */
  readonly edits: number;
  /** Subscribes, unsubscribes, is blocked or unblocked. */
  readonly flagChanges: number;
  readonly orders: number;
  /** An agent steps in or out and leaves the status as it is. */
  readonly liveChatSwitches: number;
  /** A deleted contact is back, under its old id. */
  readonly restorations: number;
  /** What nobody need care about: read messages, notes, summaries, looking on. */
  readonly fusses: number;
}

export interface SimulatorSettings {
  /** How many there are before anything happens. */
  readonly contacts: number;
  /** The same seed, clock and commands make the same run. */
  readonly seed: number;
  /** Any of them opens the door; each has a rate limit of its own. */
  readonly tokens: readonly string[];
  /** `botpenguin` also asks for `authtype: Key`. */
  readonly provider: Provider;
  readonly pageSize: number;
  /** Newest first; `none` is no order that a reader could use, but always the same. */
  readonly sort: SortOrder;
  readonly filters: Readonly<Record<FilterKey, FilterMode>>;
  /** Per token, over any sliding 60 s. */
  readonly requestsPerMinute: number;
  /** Each answer waits a while in this range; the contacts are read before the wait, the Date after it. */
  readonly latencyMs: { readonly min: number; readonly max: number };
  /** Shares of all authorized requests, in [0, 1]. */
  readonly errorRates: Readonly<Record<Fault, number>>;
  /** All off by default. */
  readonly lies: Lies;
  /** How far the inbox's clock is ahead of the clock that was handed in. */
  readonly clockOffsetMs: number;
  readonly activityPerMinute: ActivityPerMinute;
  /** Weights of the statuses at the start and of where agents move conversations; custom names are welcome. */
  readonly statusShares: Readonly<Record<string, number>>;
  /** Whether a deleted contact vanishes, or stays listed with status `DELETED`. */
  readonly deleted: 'removed' | 'listed';
  /** Whether `/simulator/*` exists, where people and tests look behind the scenes and make things happen. */
  readonly controls: boolean;
}

/** Settings as written: what is left out, also one level down, takes its default. */
export type SimulatorOptions = Partial<
  Omit<SimulatorSettings, 'filters' | 'errorRates' | 'lies' | 'activityPerMinute'>
> & {
  readonly filters?: Partial<SimulatorSettings['filters']>;
  readonly errorRates?: Partial<SimulatorSettings['errorRates']>;
  readonly lies?: Partial<Lies>;
  readonly activityPerMinute?: Partial<ActivityPerMinute>;
};

/** An inbox in which nothing happens unless it is told to. */
export const noActivity: ActivityPerMinute = {
  visitorMessages: 0,
  newContacts: 0,
  imports: 0,
  agentStatusChanges: 0,
  bulkCloses: 0,
  reassignments: 0,
  deletions: 0,
  edits: 0,
  flagChanges: 0,
  orders: 0,
  liveChatSwitches: 0,
  restorations: 0,
  fusses: 0,
};

/** A busy shop with a long history, most of it closed. */
const defaults = {
  contacts: 1000,
  seed: 1,
  tokens: ['simulator-token'],
  provider: 'botpenguin',
  pageSize: 20,
  sort: 'lastSeenAt',
  // The documented sample names its `userInteracted` in `applicableFilters` and says that `[]` disables it.
  filters: { ...allFilters('always'), userInteracted: 'whenNamed' },
  requestsPerMinute: 100,
  latencyMs: { min: 0, max: 0 },
  errorRates: { server500: 0, html: 0, cut: 0, hang: 0, unsuccessful: 0 },
  lies: noLies,
  clockOffsetMs: 0,
  activityPerMinute: {
    visitorMessages: 20,
    newContacts: 2,
    imports: 0.1,
    agentStatusChanges: 10,
    bulkCloses: 0.05,
    reassignments: 2,
    deletions: 0.2,
    edits: 1,
    flagChanges: 0.1,
    orders: 0.2,
    liveChatSwitches: 0.2,
    restorations: 0.02,
    fusses: 2,
  },
  statusShares: {
    CLOSED: 95,
    OPEN: 1.8,
    INPROGRESS: 1.4,
    ONHOLD: 0.8,
    REVIEW: 0.6,
    DEPENDANCY: 0.4,
  },
  deleted: 'removed',
  controls: true,
} satisfies SimulatorSettings;

export function completeSettings(options: SimulatorOptions): SimulatorSettings {
  return {
    ...defaults,
    ...options,
    filters: { ...defaults.filters, ...options.filters },
    errorRates: { ...defaults.errorRates, ...options.errorRates },
    lies: { ...defaults.lies, ...options.lies },
    activityPerMinute: { ...defaults.activityPerMinute, ...options.activityPerMinute },
  };
}

export function allFilters(mode: FilterMode): Record<FilterKey, FilterMode> {
  const entries = filterKeys.map((key) => [key, mode] as const);
  return Object.fromEntries(entries) as Record<FilterKey, FilterMode>;
}
