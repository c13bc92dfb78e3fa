import { Hono } from 'hono';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { translateErrors } from '#api/problem.ts';
import { answersWithin, requireRedis } from '#api/readiness.ts';

const never = () => new Promise<never>(() => {});

test('a Redis that does not answer in time is away', async () => {
  expect(await answersWithin(1, never)()).toBe(false);
});

test('a Redis that answers is there, and one that fails is not', async () => {
  expect(await answersWithin(60_000, async () => true)()).toBe(true);
  expect(await answersWithin(60_000, async () => false)()).toBe(false);
  expect(await answersWithin(60_000, () => Promise.reject(new Error('closed')))()).toBe(false);
});

test('an answer that hangs is given up as a 503', async () => {
  const app = new Hono();
  app.onError(translateErrors(pino({ level: 'silent' }), () => 'an-id'));
  app.use(...requireRedis(async () => true, 1));
  app.get('/hangs', never);
  app.get('/works', (c) => c.text('fine'));
  const hung = await app.request('/hangs');
  expect(hung.status).toBe(503);
  expect(await hung.json()).toMatchObject({ status: 503, title: 'Service Unavailable' });
  expect(await (await app.request('/works')).text()).toBe('fine');
});
