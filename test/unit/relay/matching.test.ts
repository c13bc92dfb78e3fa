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
