import { Webhook } from 'standardwebhooks';
import { expect, onTestFinished, test } from 'vitest';
import { type Receipt, startSubscriber } from '#demo/subscriber.ts';

const secret = `whsec_${Buffer.alloc(32, 3).toString('base64')}`;
const event = {
  id: 'evt_1',
  type: 'contact.created',
  timestamp: '2026-06-12T10:00:04.120Z',
  data: { source: 'default', contact: { _id: 'c1', status: 'OPEN' }, reason: 'new' },
};

async function start() {
  const receipts: Receipt[] = [];
  const subscriber = await startSubscriber({ secret, onReceipt: (one) => receipts.push(one) });
  onTestFinished(() => subscriber.close());
  async function post(body: string, signedWith = secret): Promise<number> {
    const now = new Date();
    const headers = {
      'webhook-id': 'evt_1',
      'webhook-timestamp': `${Math.floor(now.getTime() / 1000)}`,
      'webhook-signature': new Webhook(signedWith).sign('evt_1', now, body),
    };
    return (await fetch(subscriber.url, { method: 'POST', body, headers })).status;
  }
  return { subscriber, receipts, post };
}

test('a webhook whose signature holds is accepted and reported', async () => {
  const { receipts, post } = await start();
  expect(await post(JSON.stringify(event))).toBe(204);
  expect(receipts).toEqual([{ kind: 'verified', webhookId: 'evt_1', event }]);
});

test('a webhook signed with another secret is turned away and reported', async () => {
  const { receipts, post } = await start();
  const other = `whsec_${Buffer.alloc(32, 4).toString('base64')}`;
  expect(await post(JSON.stringify(event), other)).toBe(401);
  expect(receipts).toEqual([
    { kind: 'refused', webhookId: 'evt_1', reason: 'No matching signature found' },
  ]);
});

test('a request without any signature is turned away', async () => {
  const { subscriber, receipts } = await start();
  const answer = await fetch(subscriber.url, { method: 'POST', body: '{}' });
  expect(answer.status).toBe(401);
  expect(receipts).toMatchObject([{ kind: 'refused', webhookId: null }]);
});

test('a signed body that is no event is answered with 400', async () => {
  const { receipts, post } = await start();
  expect(await post('{"id":1}')).toBe(400);
  expect(await post('not JSON')).toBe(400);
  expect(receipts.map(({ kind }) => kind)).toEqual(['refused', 'refused']);
});
