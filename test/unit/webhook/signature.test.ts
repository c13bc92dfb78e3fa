import { expect, test } from 'vitest';
import { createSecret, secretProblem, signatureHeaders } from '#webhook/signature.ts';

const secretOf = (bytes: number) => `whsec_${Buffer.alloc(bytes, 0xfb).toString('base64')}`;

test('signs the example of the Standard Webhooks libraries as they do', () => {
  const headers = signatureHeaders({
    eventId: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    timestampSeconds: 1614265330,
    body: Buffer.from('{"test": 2432232314}'),
    secrets: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
  });

  expect(headers).toEqual({
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});

test('writes one signature per secret, in their order, separated by spaces', () => {
  const secrets = [secretOf(32), secretOf(24), secretOf(64)];
  const input = { eventId: 'evt_1', timestampSeconds: 1_780_000_000, body: Buffer.from('{}') };
  const alone = secrets.map(
    (secret) => signatureHeaders({ ...input, secrets: [secret] })['webhook-signature'],
  );

  expect(new Set(alone).size).toBe(3);
  expect(signatureHeaders({ ...input, secrets })['webhook-signature']).toBe(alone.join(' '));
});

test('makes a secret of exactly the 32 bytes it is given', () => {
  const asked: number[] = [];
  const secret = createSecret((count) => {
    asked.push(count);
    return Buffer.alloc(count, 7);
  });

  expect(asked).toEqual([32]);
  expect(secret.startsWith('whsec_')).toBe(true);
  expect(Buffer.from(secret.slice(6), 'base64')).toEqual(Buffer.alloc(32, 7));
  expect(secretProblem(secret)).toBeNull();
});

test.each([24, 25, 32, 64])('accepts a secret of %i bytes', (bytes) => {
  expect(secretProblem(secretOf(bytes))).toBeNull();
});

test.each([
  ['', 'whsec_'],
  [secretOf(32).slice(6), 'whsec_'],
  [secretOf(32).replace('whsec_', 'WHSEC_'), 'whsec_'],
  ['whsec_', '24 to 64 bytes'],
  [secretOf(23), '24 to 64 bytes'],
  [secretOf(65), '24 to 64 bytes'],
  [secretOf(32).replaceAll('=', ''), 'base64'],
  [secretOf(32).replaceAll('+', '-'), 'base64'],
  [` ${secretOf(32)}`, 'whsec_'],
  [`${secretOf(32)}\n`, 'base64'],
  ['whsec_not base64 at all, but long enough to be', 'base64'],
])('refuses the secret %j, saying %j and not the secret', (secret, words) => {
  const problem = secretProblem(secret);

  expect(problem).toContain(words);
  if (secret.length > 10) expect(problem).not.toContain(secret.slice(6));
});
