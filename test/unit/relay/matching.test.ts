import { expect, test } from 'vitest';
import type { ChangeEvent } from '#domain/change-event.ts';
import type { Subscription } from '#domain/subscription.ts';
import { wants } from '#relay/matching.ts';
import { makeEvent, makeSubscription } from '../../support/stage.ts';

const wantsOf = (changes: Partial<Subscription>, event: ChangeEvent = makeEvent(1, 'shop')) =>
  wants(makeSubscription('sub_1', changes), event);

test('a subscription wants the types it names and no other', () => {
  expect(wantsOf({ events: ['contact.created'] })).toBe(true);
  expect(wantsOf({ events: ['contact.status_changed'] })).toBe(false);
  expect(wantsOf({ events: [] })).toBe(false);
});

test('a subscription that names no sources wants all, one that names some wants these', () => {
  expect(wantsOf({})).toBe(true);
  expect(wantsOf({ sources: ['other', 'shop'] })).toBe(true);
  expect(wantsOf({ sources: ['other'] })).toBe(false);
  expect(wantsOf({ sources: [] })).toBe(false);
});

test('a test is matched by nobody, also where its type is named', () => {
  const test_ = { ...makeEvent(1, 'service'), type: 'subscription.test' } as const;
  expect(wantsOf({ events: ['subscription.test'] }, test_)).toBe(false);
});

test('a subscription with a filter wants what matches it, of whatever type', () => {
  const filter = { 'contact._id': 'contact-1' };
  expect(wantsOf({ filter })).toBe(true);
  expect(wantsOf({ filter }, makeEvent(2, 'shop'))).toBe(false);
  expect(wantsOf({ filter, events: ['contact.deleted'] })).toBe(false);
  const failing: ChangeEvent = {
    ...makeEvent(3, 'service'),
    type: 'subscription.failing',
    data: { source: 'service', subscription: 'sub_9' },
  };
  const events = ['subscription.failing'] as const;
  expect(wantsOf({ events, filter: { subscription: 'sub_9' } }, failing)).toBe(true);
  expect(wantsOf({ events, filter: { subscription: 'sub_8' } }, failing)).toBe(false);
});

test('another filter of the same subscription is another filter', () => {
  const subscription = makeSubscription('sub_1', { filter: { sequence: 1 } });
  const changed = { ...subscription, filter: { sequence: 2 } };
  const asked = [subscription, changed, subscription].map((each) => wants(each, makeEvent(1)));
  expect(asked).toEqual([true, false, true]);
});

test.each([
  ['an operator that this version does not know', { sequence: { $mod: [1, 0] } }],
  ['an operand that is none', { sequence: { $in: 1 } }],
  ['a pattern that cannot be compiled', { sequence: { $regex: '(' } }],
  ['branches that are none', { $or: [] }],
])('a filter with %s lets nothing through, and stops nobody', (_, filter) => {
  expect(wantsOf({ filter })).toBe(false);
  expect(wantsOf({ filter })).toBe(false);
});

test('a record nested deeper than the stack is no match, and stops nobody', () => {
  const deep = JSON.parse(`${'['.repeat(100_000)}1${']'.repeat(100_000)}`);
  const event = { ...makeEvent(1, 'shop'), data: { source: 'shop', deep } };
  expect(wantsOf({ filter: { deep: 1 } }, event)).toBe(false);
  expect(wantsOf({ filter: { source: 'shop' } }, event)).toBe(true);
});
