import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import { z } from 'zod';

/** What a subscriber needs to know of an event (contract section 4); everything else passes through. */
const receivedEvent = z.looseObject({
  id: z.string(),
  type: z.string(),
  timestamp: z.string(),
  data: z.looseObject({
    source: z.string(),
    contact: z.looseObject({ _id: z.string(), status: z.string().optional() }).optional(),
    reason: z.string().optional(),
    changes: z.record(z.string(), z.looseObject({ from: z.unknown(), to: z.unknown() })).optional(),
  }),
});

export type ReceivedEvent = z.infer<typeof receivedEvent>;

/** One request to the subscriber: a webhook whose signature holds, or why it was turned away. */
export type Receipt =
  | { readonly kind: 'verified'; readonly webhookId: string; readonly event: ReceivedEvent }
  | { readonly kind: 'refused'; readonly webhookId: string | null; readonly reason: string };

/**
 * All that a subscriber has to do: verify the signature with its library (standardwebhooks.com has one for each
 * language) over the body as it came, and answer 2xx. Whatever it cannot trust it answers with 401.
 */
function createSubscriberApp(options: {
  /** `whsec_…`, as the subscription was made with. */
  readonly secret: string;
  readonly onReceipt: (receipt: Receipt) => void;
}): Hono {
  const webhook = new Webhook(options.secret);
  const app = new Hono();
  app.get('*', (context) => context.text('This is a sample subscriber: POST webhooks here.\n'));
  app.post('*', async (context) => {
    const webhookId = context.req.header('webhook-id') ?? null;
    try {
      const content = webhook.verify(await context.req.text(), context.req.header());
      const event = receivedEvent.parse(content);
      options.onReceipt({ kind: 'verified', webhookId: webhookId ?? event.id, event });
      return context.body(null, 204);
    } catch (error) {
      const isForged = error instanceof WebhookVerificationError;
      const reason = isForged ? error.message : 'The body is no event of this service';
      options.onReceipt({ kind: 'refused', webhookId, reason });
      return context.text(`${reason}.\n`, isForged ? 401 : 400);
    }
  });
  return app;
}

/** Serves the app above; port 0 takes a free one. */
export async function startSubscriber(options: {
  readonly secret: string;
  readonly onReceipt: (receipt: Receipt) => void;
  readonly host?: string;
  readonly port?: number;
}): Promise<{ readonly url: string; close(): Promise<void> }> {
  const { host = '127.0.0.1', port = 0 } = options;
  const server: Server = createServer(getRequestListener(createSubscriberApp(options).fetch));
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address() as AddressInfo;
  return {
    url: `http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${address.port}/webhooks`,
    async close() {
      server.close();
      // The notifier keeps its connections open for the next delivery.
      server.closeIdleConnections();
      await once(server, 'close');
    },
  };
}
