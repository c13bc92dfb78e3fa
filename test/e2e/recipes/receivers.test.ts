import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createAddressGuard } from '#webhook/address-guard.ts';
import { sampleEvent } from '#webhook/sample-events.ts';
import { createSender } from '#webhook/send.ts';
import {
  type Language,
  prepareReceiver,
  type Runnable,
  startReceiver,
} from '../../support/receivers.ts';
import { secret } from '../../support/stage.ts';

const otherSecret = `whsec_${Buffer.alloc(32, 2).toString('base64')}`;
const tenMinutesMs = 600_000;

interface Sending {
  readonly id?: string;
  readonly secrets?: readonly string[];
  readonly agoMs?: number;
  readonly body?: string;
}

/** Sends as the service does; answers the status that comes back. */
async function deliver(url: string, sending: Sending = {}): Promise<number> {
  const { id = 'evt_1', secrets = [secret], agoMs = 0, body = eventNamed(id) } = sending;
  const sender = createSender({
    guard: createAddressGuard(['127.0.0.0/8']),
    timeoutMs: 10_000,
    now: () => Date.now() - agoMs,
    userAgent: 'inbox-notifier/test',
  });
  onTestFinished(() => sender.close());
  const bytes = Buffer.from(body);
  const result = await sender.send({ url, headers: {}, eventId: id, body: bytes, secrets });
  if (result.kind === 'unanswered') throw new Error(`${result.error}: ${result.message}`);
  return result.statusCode;
}

function eventNamed(id: string): string {
  return JSON.stringify({ ...sampleEvent('contact.created'), id });
}

describe.each<Language>(['typescript', 'python', 'go'])('the receiver in %s', (language) => {
  let runnable: Runnable = { kind: 'missing', reason: 'It was not prepared.' };
  beforeAll(async () => {
    runnable = await prepareReceiver(language);
    // What is skipped is only counted otherwise.
    if (runnable.kind === 'missing')
      console.warn(`The receiver in ${language}: ${runnable.reason}`);
  });

  async function start(
    skip: (reason: string) => never,
    settings: Readonly<Record<string, string>> = {},
  ) {
    if (runnable.kind === 'missing') return skip(runnable.reason);
    return startReceiver(runnable, { WEBHOOK_SECRET: secret, ...settings });
  }

  test('takes what the service signs, and drops what comes again', async ({ skip }) => {
    const { url, nextLine } = await start(skip);
    expect(await deliver(url, { id: 'evt_1' })).toBe(204);
    expect(await deliver(url, { id: 'evt_1' })).toBe(204);
    const atOnce = Array.from({ length: 20 }, () => deliver(url, { id: 'evt_2' }));
    expect(new Set(await Promise.all(atOnce))).toEqual(new Set([204]));
    expect(await deliver(url, { id: 'evt_3' })).toBe(204);
    const handled = [await nextLine(), await nextLine(), await nextLine()];
    expect(handled).toEqual(
      ['evt_1', 'evt_2', 'evt_3'].map((id) => `handled contact.created ${id}`),
    );
  });

  test('takes what a new secret signs beside the old one', async ({ skip }) => {
    const { url } = await start(skip);
    expect(await deliver(url, { secrets: [otherSecret, secret] })).toBe(204);
  });

  test('refuses another secret, an old signature, headers without sense and a long body, and goes on', async ({
    skip,
  }) => {
    const { url, nextLine } = await start(skip);
    expect(await deliver(url, { secrets: [otherSecret] })).toBe(400);
    expect(await deliver(url, { agoMs: tenMinutesMs })).toBe(400);
    for (const signature of ['', 'v1', 'v1,', 'v1,?', 'v2,a b,c v1,d,e']) {
      const headers = {
        'webhook-id': 'evt_1',
        'webhook-timestamp': String(Math.trunc(Date.now() / 1000)),
        'webhook-signature': signature,
      };
      const answer = await fetch(url, { method: 'POST', headers, body: eventNamed('evt_1') });
      expect(answer.status).toBe(400);
    }
    expect(await deliver(url, { body: 'x'.repeat(2 * 1024 * 1024) })).toBe(413);
    expect(await deliver(url, { id: 'evt_2' })).toBe(204);
    expect(await nextLine()).toBe('handled contact.created evt_2');
  });

  test('remembers no more ids than it was told to', async ({ skip }) => {
    const { url, nextLine } = await start(skip, { REMEMBERED_IDS: '2' });
    for (const id of ['evt_1', 'evt_2', 'evt_3', 'evt_2', 'evt_3', 'evt_1']) {
      expect(await deliver(url, { id })).toBe(204);
    }
    const handled = ['evt_1', 'evt_2', 'evt_3', 'evt_1'];
    for (const id of handled) expect(await nextLine()).toBe(`handled contact.created ${id}`);
  });
});
