import fc from 'fast-check';
import { expect, test } from 'vitest';

import { type InboxQuestion, requestBody } from '#inbox/request-body.ts';

const timeMs = fc.integer({ min: 0, max: Date.UTC(2100, 0) });

test('every question is asked with the same fields, and names exactly the filters it uses', () => {
  const fields = Object.keys(requestBody({}, 1)).toSorted();
  const question = fc.record(
    {
      lastSeenFromMs: timeMs,
      createdFromMs: timeMs,
      createdToMs: timeMs,
      statuses: fc.array(fc.string()),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(question, fc.integer({ min: 1 }), (asked, page) => {
      const body = requestBody(asked as InboxQuestion, page);
      expect(Object.keys(body).toSorted()).toEqual(fields);
      const used = fields.filter((name) => {
        if (name === 'status') return (asked.statuses ?? []).some((status) => status !== '');
        if (name === 'lastSeenAt') return asked.lastSeenFromMs !== undefined;
        if (name !== 'createdAt') return false;
        return asked.createdFromMs !== undefined || asked.createdToMs !== undefined;
      });
      expect((body.applicableFilters as string[]).toSorted()).toEqual(used);
      expect(body.page).toBe(page);
    }),
  );
});

test('times are asked for in ISO 8601 and lastSeenAt is never bounded above', () => {
  const question = {
    lastSeenFromMs: Date.UTC(2026, 5, 12, 8, 13, 50, 362),
    createdFromMs: 0,
    createdToMs: 1,
  };
  expect(requestBody(question, 1)).toMatchObject({
    lastSeenAt: { startAt: '2026-06-12T08:13:50.362Z', endsAt: '' },
    createdAt: { startAt: '1970-01-01T00:00:00.000Z', endsAt: '1970-01-01T00:00:00.001Z' },
    applicableFilters: ['lastSeenAt', 'createdAt'],
  });
});

test('an open question shows everyone: imported contacts and visitors without details too', () => {
  expect(requestBody({}, 1)).toMatchObject({
    isContact: false,
    userInteracted: false,
    applicableFilters: [],
  });
});

test('a scope is sent by its wire names, documented or not, and named where it filters', () => {
  const scope = {
    tags: ['vip'],
    isContact: true,
    searchText: '',
    segments: [],
    hasOrdered: { status: true },
    tagsV2: ['x'],
  };
  const body = requestBody({ scope, statuses: ['OPEN'] }, 1);
  expect(body).toMatchObject({
    ...scope,
    hasOrdered: { status: true, lastAt: '' },
    status: ['OPEN'],
  });
  expect((body.applicableFilters as string[]).toSorted()).toEqual([
    'hasOrdered',
    'isContact',
    'status',
    'tags',
    'tagsV2',
  ]);
});

test('a scope may name further filters, each once', () => {
  const scope = { userInteracted: true, applicableFilters: ['userInteracted', 'isOnline'] };
  expect(requestBody({ scope }, 1).applicableFilters).toEqual(['userInteracted', 'isOnline']);
});

test('a scope takes over neither the question, nor the page, nor starts an export', () => {
  const scope = {
    status: ['CLOSED'],
    lastSeenAt: { startAt: '2020-01-01T00:00:00.000Z', endsAt: '2021-01-01T00:00:00.000Z' },
    createdAt: { startAt: '2020-01-01T00:00:00.000Z', endsAt: '' },
    page: 9,
    isExport: 'csv',
    applicableFilters: 'all',
  };
  expect(requestBody({ scope }, 1)).toEqual(requestBody({}, 1));
});
