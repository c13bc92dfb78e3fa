import type { Random } from './random.ts';
import {
  channels,
  firstNames,
  lastNames,
  lines,
  type Platform,
  places,
  type Speaker,
  shop,
} from './shop.ts';

/**
 * What filters and transitions touch of one contact; the rest of its record is drawn when it is shown, so that 200,000 of
 * them fit in memory. Times are epoch ms of the inbox's clock.
 */
export interface SimulatedContact {
  readonly id: string;
  /** Counts up as contacts are made. */
  readonly serial: number;
  readonly createdAtMs: number;
  readonly platform: Platform;
  readonly bot: string;
  readonly isAgentic: boolean;
  readonly isImported: boolean;
  name: string;
  email: string;
  phone: { readonly prefix: string; readonly number: string };
  tags: readonly string[];
  segments: readonly string[];
  attributes: readonly { readonly key: string; readonly value: string }[];
  isSubscriber: boolean;
  isUserBlocked: boolean;
  /** The moment of the latest order, null where there was none. */
  orderedAtMs: number | null;
  isContact: boolean;
  status: string;
  /** Counts up at every write of this record. */
  writes: number;
  /** Moves at every write of this record, and never back. */
  updatedAtMs: number;
  /** Whole seconds; moves when the visitor is active, not when an agent is. */
  lastSeenAtMs: number;
  lastMessage: { readonly text: string; readonly atMs: number; readonly by: Speaker };
  unreadMessages: number;
  /** What agents wrote down about the visitor. */
  notes: readonly string[];
  /** Null while it is the usual one. */
  summary: string | null;
  /** Also online until then, by looking without writing. */
  onlineUntilMs: number;
  /** An agent's id. */
  agent: string | null;
  userInteracted: boolean;
  /** While an agent is at it: begins with status `INPROGRESS` and ends with any other, or by itself. */
  isLiveChatActive: boolean;
}

/** What people can write to a contact apart from its conversation. */
export type ContactEdit = Partial<
  Pick<
    SimulatedContact,
    | 'name'
    | 'email'
    | 'phone'
    | 'tags'
    | 'segments'
    | 'attributes'
    | 'isSubscriber'
    | 'isUserBlocked'
    | 'orderedAtMs'
    | 'unreadMessages'
    | 'notes'
    | 'summary'
    | 'onlineUntilMs'
  >
>;

/** What whoever makes a contact may choose; everything else is drawn. */
export type ContactWishes = Partial<
  Omit<
    SimulatedContact,
    'id' | 'serial' | 'writes' | 'updatedAtMs' | 'lastSeenAtMs' | 'lastMessage'
  >
> & { readonly text?: string };

/** Someone who has just written their first words, or, when imported, has never said any. */
export function drawContact(
  random: Random,
  identity: { readonly id: string; readonly serial: number; readonly createdAtMs: number },
  wishes: ContactWishes,
): SimulatedContact {
  const { text, ...chosen } = wishes;
  const { createdAtMs } = identity;
  const platform = wishes.platform ?? drawPlatform(random);
  const isImported = wishes.isImported ?? false;
  const drawn = drawPerson(random, platform, isImported);
  const { name, email, phone } = { ...drawn, ...wishes };
  const firstWords = text ?? random.pick(lines.user);
  return {
    name,
    email,
    phone,
    platform,
    bot: random.pick<string>(channels[platform].bots),
    isAgentic: random.isLucky(0.5),
    tags: random.isLucky(0.25) ? [random.pick(shop.tags)] : [],
    segments: random.isLucky(0.2) ? [random.pick(shop.segments)] : [],
    orderedAtMs: !isImported && random.isLucky(0.2) ? createdAtMs : null,
    attributes: random.isLucky(0.3)
      ? [{ key: 'newsletter', value: random.pick(['yes', 'no']) }]
      : noAttributes,
    isSubscriber: random.isLucky(0.8),
    isUserBlocked: random.isLucky(0.01),
    notes: random.isLucky(0.1) ? usualNotes : noNotes,
    summary: null,
    onlineUntilMs: 0,
    isContact: isImported || email !== '' || phone.number !== '',
    status: 'OPEN',
    agent: null,
    userInteracted: !isImported,
    isLiveChatActive: false,
    unreadMessages: isImported ? 0 : 1,
    ...chosen,
    isImported,
    ...identity,
    writes: 0,
    updatedAtMs: createdAtMs,
    lastSeenAtMs: wholeSecond(createdAtMs),
    lastMessage: isImported
      ? { text: text ?? '', atMs: createdAtMs, by: 'bot' }
      : { text: firstWords, atMs: createdAtMs, by: 'user' },
  };
}

export function wholeSecond(timeMs: number): number {
  return Math.floor(timeMs / 1000) * 1000;
}

function drawPlatform(random: Random): Platform {
  return random.pickWeighted(platformShares);
}

const platformShares = Object.entries(channels).map(
  ([platform, { share }]) => [platform as Platform, share] as const,
);

/** Website visitors are mostly strangers; messengers bring a name along, and imports are lists of customers. */
export function drawPerson(random: Random, platform: Platform, isImported: boolean) {
  const first = random.pick(firstNames);
  const last = random.pick(lastNames);
  const isKnown = isImported || platform !== 'WEBSITE' || random.isLucky(0.6);
  const hasEmail = isImported || random.isLucky(isKnown ? 0.6 : 0.1);
  const hasPhone = platform === 'WHATSAPP' || random.isLucky(0.3);
  const mailbox = `${first}.${last}${random.integer(1, 99)}`;
  const plain = mailbox
    .normalize('NFD')
    .replaceAll(/[^\w.]/g, '')
    .toLowerCase();
  return {
    name: isKnown ? `${first} ${last}` : '',
    email: hasEmail ? `${plain}@example.com` : '',
    phone: hasPhone
      ? { prefix: random.pick(places).prefix, number: String(random.integer(600000000, 999999999)) }
      : noPhone,
  };
}

// Shared, because most of 200,000 have nothing else.
const noAttributes: SimulatedContact['attributes'] = [];
const noNotes: readonly string[] = [];
const usualNotes = ['Prefers to be called.'];
const noPhone = { prefix: '', number: '' };
