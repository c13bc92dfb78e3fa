import { expect, test } from 'vitest';

import { openInbox, startMs } from './open-inbox.ts';

function openControls(options = {}) {
  const inbox = openInbox({ contacts: 10, ...options });
  const call = async (method: string, path: string, body?: unknown) => {
    const response = await inbox.app.request(`/simulator${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? null : JSON.parse(text) };
  };
  return { ...inbox, call };
}

test('a contact can be made, looked at, made to write, moved, assigned and removed', async () => {
  const { call } = openControls();
  const made = await call('POST', '/contacts', {
    name: 'Mei Wang',
    tags: ['vip'],
    status: 'CLOSED',
  });
  expect(made.status).toBe(201);
  expect(made.body.profile.userDetails).toMatchObject({ name: 'Mei Wang', tags: ['vip'] });
  const path = `/contacts/${made.body._id}`;
  expect((await call('GET', path)).body).toEqual(made.body);
  expect((await call('POST', `${path}/message`, { text: 'Hello?' })).body).toMatchObject({
    status: 'OPEN',
    lastMessage: { text: 'Hello?', by: 'user' },
  });
  expect((await call('POST', `${path}/status`, { status: 'REVIEW' })).body.status).toBe('REVIEW');
  expect((await call('POST', `${path}/agent`, { agent: 'a1' })).body._agentAssigned).toBe('a1');
  expect((await call('POST', `${path}/agent`, { agent: null })).body).not.toHaveProperty(
    '_agentAssigned',
  );
  expect((await call('DELETE', path)).status).toBe(204);
  expect((await call('GET', path)).status).toBe(404);
});

test('a contact can be edited, order, chat, be misdated and come back', async () => {
  const { call, population } = openControls();
  const { id } = population.createContact({ isLiveChatActive: false, orderedAtMs: null });
  const act = async (name: string, body?: unknown) =>
    (await call('POST', `/contacts/${id}/${name}`, body)).body;
  expect((await act('edit', { name: 'Mei', isUserBlocked: true })).isUserBlocked).toBe(true);
  expect((await act('order')).hasOrdered.status).toBe(true);
  expect((await act('live-chat', { active: true })).isLiveChatActive).toBe(true);
  const updatedAt = '2026-01-02T03:04:05.678Z';
  expect(await act('misdate', { updatedAt, status: 'REVIEW' })).toMatchObject({
    updatedAt,
    status: 'REVIEW',
  });
  await call('DELETE', `/contacts/${id}`);
  expect((await act('restore')).profile.userDetails.name).toBe('Mei');
});

test('a message needs no words of its own', async () => {
  const { call, population } = openControls();
  const { id } = population.createContact({ text: '' });
  const { body } = await call('POST', `/contacts/${id}/message`);
  expect(body.lastMessage.text).not.toBe('');
});

test('many can be closed at once, at most as many as there are', async () => {
  const { call, population } = openControls({ contacts: 0 });
  const ids = [1, 2, 3].map(() => population.createContact().id);
  const { body } = await call('POST', '/bulk-close', { count: 2 });
  expect(body.closed).toHaveLength(2);
  expect(ids.filter((id) => population.find(id)?.status === 'CLOSED')).toEqual(
    ids.filter((id) => body.closed.includes(id)),
  );
  expect((await call('POST', '/bulk-close', { count: 9 })).body.closed).toHaveLength(1);
});

test('the page size can be changed', async () => {
  const { call, ask } = openControls();
  expect((await call('POST', '/page-size', { pageSize: 3 })).body).toEqual({ pageSize: 3 });
  expect(await ask()).toHaveLength(3);
});

test('the truth is told from any moment on', async () => {
  const { call, clock, population } = openControls();
  population.createContact();
  clock.nowMs += 1000;
  const { id } = population.createContact({ isImported: true });
  expect((await call('GET', '/truth')).body).toHaveLength(2);
  const since = new Date(startMs + 1000).toISOString();
  expect((await call('GET', `/truth?since=${since}`)).body).toEqual([
    { at: since, contactId: id, kind: 'imported', to: 'OPEN', by: 'import' },
  ]);
});

test('looking at the truth makes it happen', async () => {
  const { call, clock } = openControls({ activityPerMinute: { newContacts: 60 } });
  clock.nowMs += 60_000;
  expect((await call('GET', '/truth')).body.length).toBeGreaterThan(20);
});

test('the requests can be counted from outside', async () => {
  const { call, ask } = openControls();
  await ask();
  await ask({ page: 2 });
  const { body } = await call('GET', '/requests');
  expect(body).toMatchObject({ busiestMinute: 2, received: [{ page: 1 }, { page: 2 }] });
});

test.each([
  ['POST', '/contacts', { nmae: 'typo' }],
  ['POST', '/contacts', { platform: 'FAX' }],
  ['POST', '/bulk-close', { count: 0 }],
  ['POST', '/bulk-close', {}],
  ['POST', '/page-size', { pageSize: 0 }],
  ['GET', '/truth?since=lately', undefined],
])('%s %s with %j is refused', async (method, path, body) => {
  const answer = await openControls().call(method, path, body);
  expect(answer.status).toBe(400);
  expect(answer.body).toMatchObject({ success: false, error: { code: 'BAD_REQUEST' } });
});

test.each([
  ['GET', '', undefined],
  ['DELETE', '', undefined],
  ['POST', '/message', {}],
  ['POST', '/status', { status: 'OPEN' }],
  ['POST', '/agent', { agent: 'a1' }],
  ['POST', '/edit', { name: 'x' }],
  ['POST', '/order', {}],
  ['POST', '/live-chat', { active: true }],
  ['POST', '/misdate', { updatedAt: '2026-01-02T03:04:05.678Z' }],
  ['POST', '/restore', {}],
])('%s /contacts/…%s of nobody is not found', async (method, path, body) => {
  const answer = await openControls().call(method, `/contacts/nobody${path}`, body);
  expect(answer.status).toBe(404);
});

test('without controls there is no back door', async () => {
  const { call } = openControls({ controls: false });
  expect((await call('GET', '/truth')).status).toBe(404);
  expect((await call('POST', '/bulk-close', { count: 1 })).status).toBe(404);
});
