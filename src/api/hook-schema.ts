import { z } from '@hono/zod-openapi';
import { eventTypes } from '#domain/change-event.ts';
import { disabledReasons, subscriptionFormats } from '#domain/subscription.ts';
import { newSubscriptionSchema } from './subscription-schema.ts';

/** What automation platforms call the address that events go to; the first is ours. */
const urlNames = ['targetUrl', 'target_url', 'hookUrl', 'url'] as const;

const { url, events, sources, filter } = newSubscriptionSchema.shape;

/** Both have an `id` at the top, which platforms tell repeats by. */
const hookFormats = ['standard', 'cloudevents'] as const;
export const hookFormatSchema = z.enum(hookFormats).default('standard').openapi({
  description: 'As of a subscription.',
});

const otherName = url.optional().openapi({
  description: 'Another name of `targetUrl`.',
  example: 'https://hooks.zapier.com/hooks/standard/1/abc',
});

export const newHookSchema = z
  .strictObject({
    targetUrl: url.optional().openapi({
      description:
        'Where events go. Required, under this name or as `target_url` (resthooks.org), `hookUrl` or `url`.',
      example: 'https://hooks.zapier.com/hooks/standard/1/abc',
    }),
    target_url: otherName,
    hookUrl: otherName,
    url: otherName,
    event: z.enum(eventTypes).optional().openapi({
      description: 'One type to be told of; either this or `events`.',
      example: 'contact.created',
    }),
    events: events.optional(),
    sources,
    filter,
    format: hookFormatSchema,
  })
  .superRefine((hook, context) => {
    const urls = urlNames.filter((name) => hook[name] !== undefined);
    const refuse = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    if (urls.length === 0) {
      refuse('targetUrl', 'is required; `target_url`, `hookUrl` and `url` are taken too');
    }
    for (const name of urls.slice(1)) refuse(name, `says again what \`${urls[0]}\` says`);
    if (hook.event === undefined && hook.events === undefined) {
      refuse('event', 'is required, or `events` with several');
    }
    if (hook.event !== undefined && hook.events !== undefined) {
      refuse('events', 'says again what `event` says');
    }
  })
  .openapi('NewHook');
type NewHook = z.output<typeof newHookSchema>;

export const hookSchema = z
  .object({
    id: z.string().openapi({ example: 'sub_…' }),
    targetUrl: z.string(),
    events: z.array(z.enum(eventTypes)),
    sources: z.array(z.string()).optional(),
    filter: z.record(z.string(), z.unknown()).optional(),
    format: z.enum(subscriptionFormats),
    status: z.enum(['active', 'paused', 'disabled']),
    disabledReason: z.enum(disabledReasons).optional(),
    createdAt: z.iso.datetime(),
  })
  .openapi('Hook');

export const hookWithSecretSchema = hookSchema
  .extend({
    secret: z.string().openapi({ description: 'What deliveries are signed with. Keep it.' }),
  })
  .openapi('HookWithSecret');

/** What a caller wishes for, whichever names it was said in. */
export function wishOf({ event, events = [], sources, filter, format, ...urls }: NewHook) {
  const wanted = event === undefined ? events : [event];
  return {
    url: urlNames.flatMap((name) => urls[name] ?? [])[0] ?? '',
    events: [...new Set(wanted)],
    ...(sources === undefined ? {} : { sources }),
    ...(filter === undefined ? {} : { filter }),
    format,
  };
}

/** Under which name the caller gave the address, so that errors can name it. */
export function urlNameOf(hook: NewHook): string {
  return urlNames.find((name) => hook[name] !== undefined) ?? urlNames[0];
}
