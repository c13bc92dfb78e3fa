import { expect, test } from 'vitest';
import { freshRedisUrl } from '../support/redis.ts';
import { environmentFor, startService } from '../support/running-service.ts';
import { within } from '../support/until.ts';

test('somebody who looks at live figures keeps no process from ending', async () => {
  const env = environmentFor(await freshRedisUrl(), null);
  const service = await startService(env);
  const signedIn = await fetch(`${service.url}/sign-in`, {
    method: 'POST',
    body: new URLSearchParams({ key: env.ADMIN_API_KEY ?? '' }),
    redirect: 'manual',
  });
  const cookie = signedIn.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const stream = await fetch(`${service.url}/live/overview`, { headers: { cookie } });
  const reader = stream.body?.getReader();
  expect((await reader?.read())?.done).toBe(false);
  service.kill('SIGTERM');
  // In peace: the stream is ended by the service, not cut with the process.
  let isOver = false;
  while (!isOver) isOver = (await reader?.read())?.done ?? true;
  expect(await within(10_000, 'the end of the process', service.exited)).toEqual({
    code: 0,
    signal: null,
  });
});
