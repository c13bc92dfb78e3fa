import { once } from 'node:events';
import { z } from 'zod';
import { receiptLine } from './receipt-line.ts';
import { registerWhenReady } from './register-subscription.ts';
import { startSubscriber } from './subscriber.ts';

const environment = z
  .object({
    SUBSCRIBER_HOST: z.string().default('127.0.0.1'),
    SUBSCRIBER_PORT: z.coerce.number().int().min(0).max(65_535).default(4020),
    SUBSCRIBER_SECRET: z.string('is required: the secret of the subscription, whsec_…'),
    /** Where the notifier reaches this process, when that is not the address it listens on. */
    SUBSCRIBER_URL: z.url().optional(),
    /** With both of these the subscriber makes its own subscription. */
    NOTIFIER_URL: z.url().optional(),
    ADMIN_API_KEY: z.string().optional(),
  })
  .safeParse(process.env);

if (!environment.success) {
  for (const { path, message } of environment.error.issues) console.error(path.join('.'), message);
  process.exit(78);
}

const variables = environment.data;
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort());

const subscriber = await startSubscriber({
  host: variables.SUBSCRIBER_HOST,
  port: variables.SUBSCRIBER_PORT,
  secret: variables.SUBSCRIBER_SECRET,
  onReceipt: (receipt) => console.log(receiptLine(receipt, new Date())),
});
const url = variables.SUBSCRIBER_URL ?? subscriber.url;
console.log(`A sample subscriber listens at ${url}`);

if (variables.NOTIFIER_URL !== undefined && variables.ADMIN_API_KEY !== undefined) {
  console.log(`It subscribes as soon as ${variables.NOTIFIER_URL}/readyz says that it is ready.`);
  const outcome = await registerWhenReady(
    {
      notifierUrl: variables.NOTIFIER_URL,
      adminKey: variables.ADMIN_API_KEY,
      url,
      secret: variables.SUBSCRIBER_SECRET,
      events: ['contact.created', 'contact.status_changed'],
    },
    stop.signal,
  ).catch((error: unknown) => {
    if (stop.signal.aborted) return null;
    console.error(`It could not subscribe. ${error instanceof Error ? error.message : error}`);
    process.exit(1);
  });
  if (outcome !== null) console.log(`Its subscription was ${outcome}. Webhooks as they arrive:`);
}

if (!stop.signal.aborted) await once(stop.signal, 'abort');
await subscriber.close();
