import { z } from '@hono/zod-openapi';
import { createdReasons, eventTypes } from '#domain/change-event.ts';
import { disabledReasons } from '#domain/subscription.ts';

/** What subscribers receive; `ChangeEvent` in the words of the API's document. */
export const eventSchema = z
  .object({
    id: z.templateLiteral(['evt_', z.string()]).openapi({ type: 'string', example: 'evt_…' }),
    type: z.enum(eventTypes),
    timestamp: z.iso.datetime().openapi({ description: 'When the change was noticed.' }),
    data: z
      .looseObject({
        source: z.string().openapi({ description: 'The id of a source, or `service`.' }),
        sequence: z.number().optional().openapi({ description: 'Grows per contact.' }),
        contact: z
          .record(z.string(), z.unknown())
          .optional()
          .openapi({ description: 'The record exactly as the inbox returned it.' }),
        reason: z.enum([...createdReasons, ...disabledReasons]).optional(),
        changes: z
          .record(z.string(), z.object({ from: z.unknown().optional(), to: z.unknown() }))
          .optional(),
        occurred: z
          .object({ notBefore: z.iso.datetime().nullable(), notAfter: z.iso.datetime() })
          .optional()
          .openapi({ description: 'Between which moments it happened.' }),
      })
      .openapi({ description: 'What it is about.' }),
  })
  .openapi('Event');
