import type { SimulatedContact } from './contact.ts';
import { drawHex } from './object-id.ts';
import { createRandom, type Random } from './random.ts';
import { lines, type Platform, places, shop } from './shop.ts';

const onlineMs = 120_000;

/** Someone is online for two minutes after they wrote, and while they look on. */
export function isOnline(contact: Readonly<SimulatedContact>, nowMs: number): boolean {
  const { userInteracted, lastSeenAtMs, onlineUntilMs } = contact;
  return (userInteracted && nowMs - lastSeenAtMs < onlineMs) || nowMs < onlineUntilMs;
}

export function orderState({ orderedAtMs }: Readonly<SimulatedContact>) {
  return orderedAtMs === null ? { status: false } : { status: true, lastAt: iso(orderedAtMs) };
}

/**
 * The whole record as `POST /inbox/users` shows it, every field of the documented tables. What nobody filters by is drawn
 * anew each time, from the contact's serial, so that it is always the same.
 */
export function toRecord(contact: Readonly<SimulatedContact>, seed: number, nowMs: number) {
  const { platform, bot, isAgentic } = contact;
  const random = createRandom(seed, 1000 + contact.serial);
  const user = drawHex(random, 24);
  const on = (channel: Platform, id: string) => (platform === channel ? id : undefined);
  return {
    _id: contact.id,
    _agency: shop.agency,
    _customer: shop.customer,
    uuid: drawUuid(random),
    platform: [platform],
    secondaryPlatform: [platform.toLowerCase()],
    _botWebsite: on('WEBSITE', bot),
    _botWhatsapp: on('WHATSAPP', bot),
    _botTelegram: on('TELEGRAM', bot),
    _botFacebook: on('FACEBOOK', bot),
    _botAutomation: on('INSTAGRAM', bot),
    _aiAgent: isAgentic ? shop.aiAgent : undefined,
    _user: user,
    _userWebsite: on('WEBSITE', user),
    _userWhatsapp: on('WHATSAPP', user),
    _userTelegram: on('TELEGRAM', user),
    _userFacebook: on('FACEBOOK', user),
    _userAutomation: on('INSTAGRAM', user),
    _agentAssigned: contact.agent ?? undefined,
    isSubscriber: contact.isSubscriber,
    websiteVisits: platform === 'WEBSITE' ? random.integer(0, 9) : 0,
    isOnline: isOnline(contact, nowMs),
    userInteracted: contact.userInteracted,
    profile: drawProfile(contact, random),
    status: contact.status,
    lastSeenAt: iso(contact.lastSeenAtMs),
    lastMessage: {
      at: iso(contact.lastMessage.atMs),
      text: contact.lastMessage.text,
      by: contact.lastMessage.by,
    },
    isContact: contact.isContact,
    isImported: contact.isImported,
    isMigrated: random.isLucky(0.02),
    isUserBlocked: contact.isUserBlocked,
    segments: contact.segments,
    isLiveChatActive: contact.isLiveChatActive,
    isPaid: contact.userInteracted,
    hasOrdered: orderState(contact),
    unreadMessages: contact.unreadMessages,
    integrations: { zoho: { isTemplateSent: false } },
    chatBotType: isAgentic ? 'AGENTIC' : 'FLOW_BASED',
    emailNotificationSent: isAgentic ? random.isLucky(0.1) : undefined,
    conversationSummary: isAgentic ? undefined : summarize(contact, random),
    unreadMessage: [{ userId: shop.customer, count: contact.unreadMessages }],
    createdAt: iso(contact.createdAtMs),
    updatedAt: iso(contact.updatedAtMs),
    __v: 0,
  };
}

function drawProfile(contact: Readonly<SimulatedContact>, random: Random) {
  const { platform, name, email, phone, tags } = contact;
  const isVisitor = platform === 'WEBSITE' && !contact.isImported;
  const place = places.find(({ prefix }) => prefix === phone.prefix) ?? random.pick(places);
  const gender = random.pick(['', '', 'female', 'male']);
  return {
    userDetails: {
      name,
      picture: name === '' ? '' : `https://pictures.example/${contact.id}.jpg`,
      contact: { email, phone: { number: phone.number, prefix: phone.prefix } },
      ...platformDetails(contact, random),
      city: place.city,
      country: place.country,
      gender,
      tags,
      attributes: contact.attributes,
      ...(name !== '' && random.isLucky(0.1) && { userProvidedName: name.split(' ')[0] }),
    },
    notes: contact.notes.map((description, index) => ({
      title: 'Call',
      description,
      _id: contact.id.slice(0, -2) + String(index).padStart(2, '0'),
    })),
    marketing: {
      urlsVisited: isVisitor ? [`${shop.site}/`, `${shop.site}${random.pick(pages)}`] : [],
    },
    ...(isVisitor && { device: drawDevice(random) }),
  };
}

const pages = ['/pans', '/knives', '/kettles', '/delivery', '/returns', '/sale'];

/** One draw whatever the platform, so that all later ones stay the same. */
function platformDetails(
  { name, phone, platform, serial }: Readonly<SimulatedContact>,
  random: Random,
): Record<string, string> {
  const account = String(random.integer(10 ** 9, 10 ** 10));
  if (platform === 'WEBSITE') return {};
  if (platform === 'WHATSAPP') return { whatsAppNumber: `${phone.prefix}${phone.number}` };
  if (platform === 'FACEBOOK') return { facebookProfileId: account };
  const handle = `${name.toLowerCase().replaceAll(/[^a-z]/g, '')}${serial}`;
  return platform === 'TELEGRAM'
    ? { telegramUserName: handle, telegramChatId: account }
    : { instagramUserName: handle, instagramProfileId: account };
}

function drawDevice(random: Random) {
  const isMac = random.isLucky(0.4);
  return {
    device: isMac ? 'Desktop(Apple Macintosh)' : 'Mobile(Samsung SM-G991B)',
    browser: 'Chrome 148.0.0.0',
    // Documentation addresses, which belong to nobody (RFC 5737).
    ip: `203.0.113.${random.integer(1, 254)}`,
    operatingSystem: isMac ? 'Mac OS 10.15.7' : 'Android 14',
  };
}

function summarize(contact: Readonly<SimulatedContact>, random: Random) {
  const question = random.pick(lines.user);
  const usual = contact.status === 'CLOSED' ? `The customer asked: ${question}` : '';
  return {
    summary: contact.summary ?? usual,
    errorStatus: { isError: false, code: '', messageKey: '', fallbackMessage: '' },
  };
}

/** Version 4, variant 1 (RFC 9562). */
function drawUuid(random: Random): string {
  const digits = drawHex(random, 30);
  const [a, b, c] = [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 15)];
  return `${a}-${b}-4${c}-a${digits.slice(15, 18)}-${digits.slice(18)}`;
}

const dayMs = 86_400_000;
const days = new Map<number, string>();

/** As Date says it, but five times as fast: every record that is shown takes some five of them. */
function iso(timeMs: number): string {
  const day = Math.floor(timeMs / dayMs);
  let date = days.get(day);
  if (date === undefined) {
    date = new Date(day * dayMs).toISOString().slice(0, 11);
    days.set(day, date);
  }
  const ms = timeMs - day * dayMs;
  const minutes = Math.floor(ms / 60_000);
  return `${date}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}:${two(Math.floor(ms / 1000) % 60)}.${three(ms % 1000)}Z`;
}

function two(number: number): string {
  return number < 10 ? `0${number}` : `${number}`;
}

function three(number: number): string {
  return number < 100 ? `0${two(number)}` : `${number}`;
}
