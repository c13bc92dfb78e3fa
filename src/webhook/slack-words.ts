import type { EventType } from '#domain/change-event.ts';

/** What a message is headed by. */
export const titles: Readonly<Record<EventType, string>> = {
  'contact.created': 'New contact',
  'contact.status_changed': 'Status changed',
  'contact.assigned': 'Assignment changed',
  'contact.live_chat_started': 'Live chat started',
  'contact.live_chat_ended': 'Live chat ended',
  'contact.message_received': 'New message',
  'contact.updated': 'Contact updated',
  'contact.deleted': 'Contact deleted',
  'source.failing': 'The inbox cannot be read',
  'source.recovered': 'The inbox can be read again',
  'subscription.failing': 'A subscription is failing',
  'subscription.disabled': 'A subscription was disabled',
  'subscription.test': 'Test: this subscription works',
};

/** Names of `changes` and of other data, as people say them; any other is shown as it is. */
export const labels: ReadonlyMap<string, string> = new Map([
  ['_agentAssigned', 'Agent'],
  ['status', 'Status'],
  ['name', 'Name'],
  ['email', 'E-mail'],
  ['phone', 'Phone'],
  ['tags', 'Tags'],
  ['segments', 'Segments'],
  ['attributes', 'Attributes'],
  ['hasOrdered', 'Has ordered'],
  ['isSubscriber', 'Subscriber'],
  ['isUserBlocked', 'Blocked'],
  ['reason', 'Reason'],
  ['error', 'Error'],
  ['subscription', 'Subscription'],
  ['failingSince', 'Failing since'],
  ['failures', 'Failed attempts'],
  ['percent', 'Percent of the way to being disabled'],
]);
/** The title says it already. */
export const toldByTitle: ReadonlySet<string> = new Set(['isLiveChatActive']);
/** Of an event without a contact: what the foot of the message says, or what says nothing to people. */
export const toldElsewhere: ReadonlySet<string> = new Set([
  'source',
  'sequence',
  'contact',
  'changes',
  'occurred',
]);

export const rateAdvice =
  'Slack takes no more messages for now: lower `ratePerSecond`, or name fewer events; it is tried again';

/** The errors of incoming webhooks (docs.slack.dev/messaging/sending-messages-using-incoming-webhooks#handling-errors). */
export const advices: ReadonlyMap<string, string> = new Map([
  [
    'invalid_payload',
    'Slack could not read the message: check that the URL is that of an incoming webhook',
  ],
  [
    'invalid_blocks',
    'Slack could not read the message: check that the URL is that of an incoming webhook',
  ],
  [
    'no_text',
    'Slack found no text in the message: check that the URL is that of an incoming webhook',
  ],
  ['too_many_attachments', 'Slack found too many attachments in the message'],
  [
    'user_not_found',
    'Slack does not know the person whom the webhook writes to: make a new webhook',
  ],
  [
    'channel_not_found',
    'The Slack channel of the webhook does not exist: make a new webhook for another channel',
  ],
  [
    'channel_is_archived',
    'The Slack channel is archived: unarchive it or make a new webhook for another channel, then resume',
  ],
  [
    'action_prohibited',
    "The Slack workspace does not allow this webhook to post: ask the workspace's administrators",
  ],
  [
    'posting_to_general_channel_denied',
    "The Slack workspace lets only some people post to #general: choose another channel or ask the workspace's administrators",
  ],
  ['no_service', 'The Slack webhook was removed or is disabled: make a new one and change the URL'],
  ['no_service_id', 'The URL lacks a part that names the Slack webhook: copy it once more'],
  [
    'no_active_hooks',
    'The Slack webhook was removed or is disabled: make a new one and change the URL',
  ],
  ['no_team', 'Slack does not know the workspace in the URL: copy the URL once more'],
  [
    'team_disabled',
    'The Slack workspace is no longer active: make a webhook in another one and change the URL',
  ],
  [
    'invalid_token',
    'Slack does not accept the token in the URL: copy the URL once more or make a new webhook',
  ],
  ['rollup_error', 'Slack had an error of its own: nothing to do, it is tried again'],
  ['rate_limited', rateAdvice],
]);
