import { expect } from 'vitest';
import { createAddressGuard } from '#webhook/address-guard.ts';
import { createNameLookup } from '#webhook/name-lookup.ts';
import {
  createSender,
  type OutgoingWebhook,
  type SendResult,
  type UnansweredSend,
} from '#webhook/send.ts';

export const secrets = [1, 2, 3].map(
  (byte) => `whsec_${Buffer.alloc(32, byte).toString('base64')}`,
);

/** Long enough for any answer on this machine, short enough to wait for where none comes. */
export const shortTimeoutMs = 300;
export const longTimeoutMs = 10_000;

export function testSender(options: {
  readonly timeoutMs?: number;
  readonly now?: () => number;
  readonly allowedNetworks?: readonly string[];
  readonly dnsServers?: readonly string[];
}) {
  const { timeoutMs = longTimeoutMs, now = Date.now, allowedNetworks = ['127.0.0.0/8'] } = options;
  const { dnsServers } = options;
  const guard = createAddressGuard(allowedNetworks);
  const names = createNameLookup({ ...(dnsServers && { dnsServers }) });
  const sender = createSender({ guard, timeoutMs, now, userAgent: 'inbox-notifier/1.2.3', names });
  return { ...sender, [Symbol.asyncDispose]: () => sender.close() };
}

export function webhookTo(url: string, changes: Partial<OutgoingWebhook> = {}): OutgoingWebhook {
  return {
    url,
    headers: {},
    eventId: 'evt_1',
    body: Buffer.from('{ "id":"evt_1",\n\t"name": "Zoë" }'),
    secrets: secrets.slice(0, 1),
    ...changes,
  };
}

/** The failure of an attempt that was not answered, whose message gives nothing away. */
export function failureOf(result: SendResult): UnansweredSend['error'] {
  if (result.kind === 'answered') throw new Error(`answered with ${result.statusCode}`);
  expect(result.message).toMatch(/^[A-Z].*\.$/);
  expect(result.message).not.toMatch(/127\.0\.0\.1|::1|secret|whsec/);
  return result.error;
}
