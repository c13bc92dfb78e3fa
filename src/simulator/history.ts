import { type ContactWishes, drawContact, type SimulatedContact, wholeSecond } from './contact.ts';
import { createObjectIds } from './object-id.ts';
import { createRandom, type Random } from './random.ts';
import type { SimulatorSettings } from './settings.ts';
import { lines, type Speaker, shop } from './shop.ts';

const dayMs = 86_400_000;
const historyMs = 400 * dayMs;

/** Makes one contact after the other; the serial and the id count on. */
export type ContactMaker = (createdAtMs: number, wishes: ContactWishes) => SimulatedContact;

export function createContactMaker(seed: number): ContactMaker {
  const random = createRandom(seed, 0);
  const nextId = createObjectIds(random);
  let serial = -1;
  return (createdAtMs, wishes) => {
    serial += 1;
    return drawContact(random, { id: nextId(createdAtMs), serial, createdAtMs }, wishes);
  };
}

/** What the inbox holds at `startMs`: oldest first, more of them recent, and of these more still open. */
export function drawHistory(
  settings: Pick<SimulatorSettings, 'contacts' | 'seed' | 'statusShares'>,
  startMs: number,
  make: ContactMaker,
): SimulatedContact[] {
  const random = createRandom(settings.seed, 1);
  const { CLOSED: closedShare = 0, ...openShares } = settings.statusShares;
  const openStatuses = Object.entries(openShares);
  const openWeight = openStatuses.reduce((sum, [, weight]) => sum + weight, 0);
  const openShare = openWeight / (openWeight + closedShare);
  const agesMs = Float64Array.from({ length: settings.contacts }, () => random.next() ** 2);
  agesMs.sort().reverse();
  return Array.from(agesMs, (age, index) => {
    // At least a second old, so that all news is newer than all history.
    const createdAtMs = Math.max(0, Math.floor(startMs - 1000 - age * historyMs));
    const rank = index / settings.contacts;
    // Leans towards the newest without changing the share of the whole.
    const isOpen = random.isLucky(openShare + openShare * (1 - openShare) * (2 * rank - 1));
    const status = isOpen ? random.pickWeighted(openStatuses) : 'CLOSED';
    const contact = make(createdAtMs, { status, isImported: random.isLucky(0.05) });
    live(random, contact, startMs);
    return contact;
  });
}

/** What has happened to the contact since, as far as its record shows. */
function live(random: Random, contact: SimulatedContact, startMs: number): void {
  const reachMs = Math.min(startMs - contact.createdAtMs, 30 * dayMs);
  if (!contact.isImported) {
    const seenAtMs = Math.floor(contact.createdAtMs + reachMs * random.next() ** 3);
    const by = random.pickWeighted<Speaker>(speakers);
    contact.lastSeenAtMs = wholeSecond(seenAtMs);
    contact.lastMessage = { text: random.pick<string>(lines[by]), atMs: seenAtMs, by };
    contact.unreadMessages = by === 'user' ? random.integer(1, 3) : 0;
  }
  const seenAtMs = Math.max(contact.createdAtMs, contact.lastSeenAtMs);
  const quietMs = Math.min(startMs - seenAtMs, 2 * dayMs);
  contact.updatedAtMs = Math.floor(seenAtMs + quietMs * random.next());
  if (random.isLucky(contact.status === 'OPEN' ? 0.1 : 0.6))
    contact.agent = random.pick(shop.agents);
  contact.isLiveChatActive = contact.status === 'INPROGRESS';
}

const speakers = [
  ['user', 2],
  ['bot', 3],
  ['agent', 5],
] as const;
