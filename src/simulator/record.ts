import type { SimulatedContact } from './contact.ts';
import { drawHex } from './object-id.ts';
import { createRandom, type Random } from './random.ts';
import { channels, lines, type Platform, places, shop } from './shop.ts';

const onlineMs = 120_000;

/** Someone is online for two minutes after they last did something. */
export function isOnline(contact: Readonly<SimulatedContact>, nowMs: number): boolean {
  return contact.userInteracted && nowMs - contact.lastSeenAtMs < onlineMs;
}

/**
 * The whole record as `POST /inbox/users` shows it, every field of the documented tables. What nobody filters by is drawn
 * anew each time, from the contact's serial, so that it is always the same.
 */
export function toRecord(contact: Readonly<SimulatedContact>, seed: number, nowMs: number) {
  const { platform } = contact;
  const { botKey, userKey } = channels[platform];
  const random = createRandom(seed, 1000 + contact.serial);
  const user = drawHex(random, 24);
  return {
    _id: contact.id,
    _agency: shop.agency,
    _customer: shop.customer,
    uuid: drawUuid(random),
    platform: [platform],
    secondaryPlatform: [platform.toLowerCase()],
    [botKey]: contact.bot,
    ...(contact.isAgentic && { _aiAgent: shop.aiAgent }),
    _user: user,
    [userKey]: user,
    ...(contact.agent !== null && { _agentAssigned: contact.agent }),
    isSubscriber: random.isLucky(0.8),
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
    isUserBlocked: random.isLucky(0.01),
    segments: contact.segments,
    isLiveChatActive: contact.isLiveChatActive,
    isPaid: contact.userInteracted,
    hasOrdered:
      contact.orderedAtMs === null
        ? { status: false }
        : { status: true, lastAt: iso(contact.orderedAtMs) },
    unreadMessages: contact.unreadMessages,
    integrations: { zoho: { isTemplateSent: false } },
    chatBotType: contact.isAgentic ? 'AGENTIC' : 'FLOW_BASED',
    ...(contact.isAgentic
      ? { emailNotificationSent: random.isLucky(0.1) }
      : { conversationSummary: summarize(contact, random) }),
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
      attributes: random.isLucky(0.3)
        ? [{ key: 'newsletter', value: random.pick(['yes', 'no']) }]
        : [],
      ...(name !== '' && random.isLucky(0.1) && { userProvidedName: name.split(' ')[0] }),
    },
    notes: random.isLucky(0.1)
      ? [{ title: 'Call', description: 'Prefers to be called.', _id: drawHex(random, 24) }]
      : [],
    marketing: {
      urlsVisited: isVisitor ? [`${shop.site}/`, `${shop.site}${random.pick(pages)}`] : [],
    },
    ...(isVisitor && { device: drawDevice(random) }),
  };
}

const pages = ['/pans', '/knives', '/kettles', '/delivery', '/returns', '/sale'];

function platformDetails(
  contact: Readonly<SimulatedContact>,
  random: Random,
): Record<string, string> {
  const handle = `${contact.name.toLowerCase().replaceAll(/[^a-z]/g, '')}${contact.serial}`;
  const account = String(random.integer(10 ** 9, 10 ** 10));
  const details: Readonly<Record<Platform, Record<string, string>>> = {
    WEBSITE: {},
    WHATSAPP: { whatsAppNumber: `${contact.phone.prefix}${contact.phone.number}` },
    TELEGRAM: { telegramUserName: handle, telegramChatId: account },
    FACEBOOK: { facebookProfileId: account },
    INSTAGRAM: { instagramUserName: handle, instagramProfileId: account },
  };
  return details[contact.platform];
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
  return {
    summary: contact.status === 'CLOSED' ? `The customer asked: ${question}` : '',
    errorStatus: { isError: false, code: '', messageKey: '', fallbackMessage: '' },
  };
}

/** Version 4, variant 1 (RFC 9562). */
function drawUuid(random: Random): string {
  const [a, b, c, d, e] = [8, 4, 3, 3, 12].map((digits) => drawHex(random, digits));
  return `${a}-${b}-4${c}-a${d}-${e}`;
}

function iso(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
