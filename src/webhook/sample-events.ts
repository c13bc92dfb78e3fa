import type { ChangeEvent, EventId, EventType } from '#domain/change-event.ts';

/**
 * A record as the inbox returns it. The name, the message and a tag hold what breaks JSON that was put together by hand, so
 * that a template which does so is refused when it is written and not when such a contact comes.
 */
const contact = {
  _id: '6a2bbfbe1a0899b1ad04bf58',
  platform: 'whatsapp',
  profile: {
    userDetails: {
      name: 'Ada "Countess" Lovelace',
      contact: { email: 'ada@example.com', phone: { number: '5550100', prefix: '+1' } },
      city: 'London',
      country: 'GB',
      gender: '',
      tags: ['vip', 'R&D \\ <beta>'],
      attributes: [{ key: 'plan', value: 'pro' }],
    },
    notes: [],
  },
  status: 'ONHOLD',
  _agentAssigned: '5fed38e56fb193dcc6c933f5',
  isLiveChatActive: false,
  lastSeenAt: '2026-06-12T10:00:02.000Z',
  lastMessage: {
    at: '2026-06-12T10:00:02.369Z',
    text: 'Hello,\nwhere is my "order"?',
    by: 'user',
  },
  isContact: true,
  isImported: false,
  segments: [],
  hasOrdered: { status: false },
  unreadMessages: 1,
  createdAt: '2026-06-12T08:13:50.362Z',
  updatedAt: '2026-06-12T10:00:02.910Z',
} as const;

const observed = {
  source: 'default',
  sequence: 1781258402910,
  contact,
} as const;
const occurred = {
  notBefore: '2026-06-12T09:59:49.002Z',
  notAfter: '2026-06-12T10:00:02.910Z',
} as const;
const subscription = 'sub_5dXk2mQwTzR8vLpB';
const failingSince = '2026-06-09T10:00:04.120Z';

/** What each type's `data` looks like (contract section 4). */
const dataOf: Readonly<Record<EventType, ChangeEvent['data']>> = {
  'contact.created': {
    ...observed,
    reason: 'new',
    occurred: { notBefore: null, notAfter: occurred.notAfter },
  },
  'contact.status_changed': {
    ...observed,
    changes: { status: { from: 'OPEN', to: 'ONHOLD' } },
    occurred,
  },
  'contact.assigned': {
    ...observed,
    changes: { _agentAssigned: { from: null, to: contact._agentAssigned } },
    occurred,
  },
  'contact.live_chat_started': {
    ...observed,
    contact: { ...contact, isLiveChatActive: true },
    changes: { isLiveChatActive: { from: false, to: true } },
    occurred,
  },
  'contact.live_chat_ended': {
    ...observed,
    changes: { isLiveChatActive: { from: true, to: false } },
    occurred,
  },
  'contact.message_received': { ...observed, occurred },
  'contact.updated': {
    ...observed,
    changes: {
      name: { to: contact.profile.userDetails.name },
      tags: { to: contact.profile.userDetails.tags },
    },
    occurred,
  },
  'contact.deleted': {
    ...observed,
    contact: {
      _id: contact._id,
      createdAt: contact.createdAt,
      status: 'DELETED',
      _agentAssigned: contact._agentAssigned,
    },
    occurred,
  },
  'source.failing': {
    source: 'default',
    error: {
      kind: 'unauthorized',
      message: 'The inbox refused the API token.',
      since: '2026-06-12T10:00:04.120Z',
    },
  },
  'source.recovered': { source: 'default', failingSince: '2026-06-12T09:55:00.000Z' },
  'subscription.failing': {
    source: 'service',
    subscription,
    failingSince,
    failures: 12,
    percent: 50,
  },
  'subscription.disabled': {
    source: 'service',
    subscription,
    reason: 'failing',
    failingSince,
    failures: 24,
  },
  'subscription.test': { source: 'service', subscription },
};

/** One event of a type as subscribers get it: what a template is tried on. */
export function sampleEvent(type: EventType): ChangeEvent {
  const id: EventId = `evt_sample_${type}`;
  return { id, type, timestamp: '2026-06-12T10:00:04.120Z', data: dataOf[type] };
}
