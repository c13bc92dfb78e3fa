import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';

const page = z.object({
  data: z.array(z.looseObject({ id: z.string(), url: z.string() })),
  next: z.string().nullable(),
});

export interface Registration {
  /** The root of the notifier's API. */
  readonly notifierUrl: string;
  readonly adminKey: string;
  /** Where the notifier reaches the subscriber. */
  readonly url: string;
  readonly secret: string;
  readonly events: readonly string[];
}

/**
 * Makes the subscription unless one with this URL exists, and says which. Throws where the notifier refuses.
 */
export async function registerSubscription(
  registration: Registration,
  signal: AbortSignal,
): Promise<'created' | 'found'> {
  const { url, secret, events } = registration;
  let cursor: string | null = '';
  do {
    const query: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const answer = await call(registration, `/v1/subscriptions?limit=200${query}`, { signal });
    const { data, next } = page.parse(answer);
    if (data.some((subscription) => subscription.url === url)) return 'found';
    cursor = next;
  } while (cursor !== null);
  const body = JSON.stringify({ url, secret, events, description: 'The sample subscriber' });
  await call(registration, '/v1/subscriptions', { method: 'POST', body, signal });
  return 'created';
}

/** As above, but waits for a notifier that does not answer yet. */
export async function registerWhenReady(
  registration: Registration,
  signal: AbortSignal,
): Promise<'created' | 'found'> {
  for (;;) {
    const ready = await fetch(new URL('/readyz', registration.notifierUrl), { signal }).then(
      (answer) => answer.ok,
      () => false,
    );
    if (ready) return registerSubscription(registration, signal);
    await wait(500, undefined, { signal });
  }
}

async function call(registration: Registration, path: string, init: RequestInit): Promise<unknown> {
  const answer = await fetch(new URL(path, registration.notifierUrl), {
    ...init,
    headers: {
      authorization: `Bearer ${registration.adminKey}`,
      'content-type': 'application/json',
    },
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`The notifier answered ${answer.status}: ${text}`);
  return JSON.parse(text);
}
