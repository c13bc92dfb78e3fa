import { expect, onTestFinished, test } from 'vitest';

import { everyone } from '#simulator/question.ts';
import { noActivity, type SimulatorOptions } from '#simulator/settings.ts';
import { createSimulator, startSimulator } from '#simulator/simulator.ts';
import { openInbox } from './open-inbox.ts';

/** The same over a connection, where an answer can really end too early. */
async function openPort(options: SimulatorOptions) {
  const simulator = await startSimulator({
    contacts: 5,
    activityPerMinute: noActivity,
    ...options,
  });
  onTestFinished(() => simulator.close());
  return {
    ...simulator,
    post: (signal?: AbortSignal) =>
      fetch(`${simulator.url}/inbox/users`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${simulator.token}`,
          authtype: 'Key',
          'content-type': 'application/json',
        },
        body: JSON.stringify(everyone),
        signal: signal ?? null,
      }),
  };
}

test('over a port the same is answered as without', async () => {
  const inbox = await openPort({});
  const response = await inbox.post();
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({ success: true, data: { length: 5 } });
});

test('server500 is the documented error with status 500', async () => {
  const response = await openInbox({ errorRates: { server500: 1 } }).post(everyone);
  expect(response.status).toBe(500);
  expect(await response.json()).toMatchObject({ success: false, error: { statusCode: 500 } });
});

test('unsuccessful is an error with status 200', async () => {
  const response = await openInbox({ errorRates: { unsuccessful: 1 } }).post(everyone);
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({ success: false });
});

test('html is a page for people with status 200', async () => {
  const response = await openInbox({ errorRates: { html: 1 } }).post(everyone);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toContain('text/html');
  expect(await response.text()).toContain('<html>');
});

test('cut ends in the middle of the body', async () => {
  const inbox = await openPort({ errorRates: { cut: 1 } });
  const response = await inbox.post();
  expect(response.status).toBe(200);
  await expect(response.text()).rejects.toThrow('terminated');
});

test('hang answers nothing until the asker gives up, and is on record', async () => {
  const inbox = await openPort({ errorRates: { hang: 1 } });
  await expect(inbox.post(AbortSignal.timeout(100))).rejects.toThrow('timeout');
  expect(inbox.requests.received).toMatchObject([{ status: null, fault: 'hang' }]);
});

test('a simulator that hangs can still be closed', async () => {
  const inbox = await openPort({ errorRates: { hang: 1 } });
  const answer = inbox.post();
  const failed = expect(answer).rejects.toThrow('fetch failed');
  await expect.poll(() => inbox.requests.received.length).toBe(1);
  await inbox.close();
  await failed;
});

test('rates are shares of the requests and add up', async () => {
  const inbox = openInbox({ requestsPerMinute: 1e6, errorRates: { server500: 0.25, html: 0.25 } });
  for (let n = 0; n < 2000; n += 1) await inbox.post(everyone);
  const seen = Map.groupBy(inbox.requests.received, ({ fault }) => fault);
  // Five standard deviations of a binomial: 5 × √(2000 × 0.25 × 0.75) < 100.
  for (const fault of ['server500', 'html'] as const) {
    expect(Math.abs((seen.get(fault)?.length ?? 0) - 500)).toBeLessThan(100);
  }
});

test('the wait lies in its range; contacts are read before it, the Date after', async () => {
  let nowMs = Date.parse('2026-06-12T10:00:00.000Z');
  const waits: number[] = [];
  const settings = {
    contacts: 1,
    activityPerMinute: noActivity,
    latencyMs: { min: 3000, max: 4000 },
  };
  const simulator = createSimulator(
    settings,
    () => nowMs,
    async (ms) => {
      waits.push(ms);
      simulator.population.createContact();
      nowMs += 3000;
    },
  );
  const response = await simulator.app.request('/inbox/users', {
    method: 'POST',
    headers: {
      authorization: 'Bearer simulator-token',
      authtype: 'Key',
      'content-type': 'application/json',
    },
    body: JSON.stringify(everyone),
  });
  expect(await response.json()).toMatchObject({ data: { length: 1 } });
  expect(response.headers.get('date')).toBe('Fri, 12 Jun 2026 10:00:03 GMT');
  expect(waits).toHaveLength(1);
  expect(waits[0]).toBeGreaterThanOrEqual(3000);
  expect(waits[0]).toBeLessThanOrEqual(4000);
});

test('an address that is taken is an error', async () => {
  const inbox = await openPort({});
  const port = Number(new URL(inbox.url).port);
  await expect(startSimulator({ contacts: 0 }, { port })).rejects.toThrow('EADDRINUSE');
});

test('in-process the endpoint answers what it answers over HTTP', async () => {
  const inbox = openInbox({ contacts: 30 });
  const request = {
    authorization: 'Bearer simulator-token',
    authtype: 'Key',
    contentType: 'application/json',
    body: JSON.stringify(everyone),
  };
  const { status, body } = inbox.answerUsers(request);
  expect(status).toBe(200);
  expect(body).toBe(await (await inbox.post(everyone)).text());
});
