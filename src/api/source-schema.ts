import { z } from '@hono/zod-openapi';
import { serviceSourceId } from '#domain/change-event.ts';
import { providers } from '#domain/source.ts';
import { parseBaseUrl } from '#inbox/base-url.ts';
import { sourceIdSchema } from './route-parts.ts';

const mostScopeBytes = 16 * 1024;
const texts = z.array(z.string().max(1000)).max(1000);

/** Filters that every question of the service has to set for itself. */
const ownFilters = {
  status: 'each question asks for the statuses that it is about',
  createdAt: 'each question asks for its own part of the inbox',
  lastSeenAt: 'each question asks for its own part of the inbox',
  applicableFilters: 'the service names the filters that are in use',
  page: 'the service reads all pages',
  isExport: 'it would start an export in your account',
} as const;

const scopeSchema = z
  .object({
    searchText: z.string().max(1000),
    tags: texts,
    segments: texts,
    _botWebsite: texts,
    _botWhatsapp: texts,
    _botTelegram: texts,
    _botFacebook: texts,
    _agentAssigned: texts,
    lastMessageBy: texts,
    isContact: z.boolean(),
    isOnline: z.boolean(),
    userInteracted: z.boolean(),
    isLiveChatActive: z.boolean(),
    hasOrdered: z.strictObject({ status: z.boolean(), lastAt: z.string().max(100).optional() }),
  })
  .partial()
  .catchall(z.unknown())
  .superRefine((scope, context) => {
    for (const [name, reason] of Object.entries(ownFilters)) {
      if (!(name in scope)) continue;
      const message = `cannot be part of a scope: ${reason}`;
      context.addIssue({ code: 'custom', path: [name], message });
    }
    if (Buffer.byteLength(JSON.stringify(scope)) > mostScopeBytes) {
      context.addIssue({ code: 'custom', message: `must be at most ${mostScopeBytes} bytes` });
    }
  })
  .openapi({
    description: `The inbox's own filters: who does not pass them is not watched. Other names than these are sent as they are, for filters that the inbox does not document. At most 16 KiB. Not allowed: ${Object.entries(
      ownFilters,
    )
      .map(([name, reason]) => `\`${name}\` (${reason})`)
      .join(', ')}.`,
    example: { tags: ['vip'], isContact: true },
  });

const baseUrlSchema = z
  .string()
  .max(2048)
  .transform((text, context) => {
    const parsed = parseBaseUrl(text);
    if (parsed.kind === 'valid') return parsed.baseUrl;
    context.addIssue({ code: 'custom', message: parsed.problem });
    return z.NEVER;
  })
  .openapi({
    type: 'string',
    description: 'The root of its API, without `/inbox/users`.',
    example: 'https://api.v7.botpenguin.com',
  });

const fields = {
  baseUrl: baseUrlSchema,
  token: z
    .string()
    .min(1)
    .max(4096)
    .regex(/^[\x21-\x7e]*$/, 'must be printable ASCII without spaces, to fit in a header')
    .openapi({
      description: 'The API token of the inbox. It goes in, and never out.',
      example: 'TOKEN',
    }),
  scope: scopeSchema,
  requestsPerMinute: z.int().min(1).max(1_000_000).openapi({
    description: 'Most requests over any sliding 60 s, all processes together.',
  }),
};

export const newSourceSchema = z
  .strictObject({
    id: sourceIdSchema
      .refine((id) => id !== serviceSourceId, 'is the name of the events of the service itself')
      .optional()
      .openapi({ description: 'Made if left out.', example: 'shop' }),
    provider: z.enum(providers),
    baseUrl: fields.baseUrl
      .optional()
      .openapi({ description: 'The root of its API; the provider’s own if left out.' }),
    token: fields.token,
    scope: fields.scope.optional(),
    requestsPerMinute: fields.requestsPerMinute.optional().openapi({
      description:
        'Most requests over any sliding 60 s, all processes together; INBOX_REQUESTS_PER_MINUTE if left out.',
    }),
  })
  .openapi('NewSource');

export const sourceChangeSchema = z
  .strictObject({ ...fields, scope: fields.scope.nullable() })
  .partial()
  .openapi('SourceChange', {
    description: 'What is named is replaced as a whole; a scope that is null or empty is none.',
  });
