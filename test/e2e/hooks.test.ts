import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import { freshRedisUrl } from '../support/redis.ts';
import { environmentFor, startService } from '../support/running-service.ts';
import { startSubscriber } from '../support/subscriber.ts';
import { until } from '../support/until.ts';

test('a platform subscribes, is sent a signed event, gives its address up with a 410, and is never called there again', async () => {
  const platform = await startSubscriber((_webhook, response) => {
    response.writeHead(platform.received.length > 1 ? 410 : 200).end();
  });
  const env = environmentFor(await freshRedisUrl(), null);
  const { url } = await startService(env);
  const call = async (method: string, path: string, body?: object) =>
    fetch(new URL(path, url), {
      method,
      headers: {
        authorization: `Bearer ${env.ADMIN_API_KEY}`,
        'content-type': 'application/json',
      },
      ...(body && { body: JSON.stringify(body) }),
    });
  const wish = { targetUrl: platform.url, event: 'contact.created' };
  const subscribe = async () =>
    (await (await call('POST', '/v1/hooks', wish)).json()) as { id: string; secret: string };
  const hook = await subscribe();
  const statusOf = async (path: string) => (await call('GET', path)).status;

  await call('POST', `/v1/subscriptions/${hook.id}/test`);
  const [first] = await platform.arrived(1);
  expect(new Webhook(hook.secret).verify(first?.body ?? '', first?.headers ?? {})).toMatchObject({
    type: 'subscription.test',
  });
  expect(await statusOf(`/v1/hooks/${hook.id}`)).toBe(200);

  await call('POST', `/v1/subscriptions/${hook.id}/test`);
  await platform.arrived(2);
  await until('the hook to be gone', async () => (await statusOf(`/v1/hooks/${hook.id}`)) === 404);
  expect(await statusOf(`/v1/subscriptions/${hook.id}`)).toBe(404);
  const listed = await call('GET', '/v1/events?type=subscription.disabled');
  expect(await listed.json()).toMatchObject({
    data: [{ data: { subscription: hook.id, reason: 'gone' } }],
  });

  expect((await subscribe()).id).not.toBe(hook.id);
  expect(platform.received).toHaveLength(2);
});
