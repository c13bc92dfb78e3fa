import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { receiptLine } from '#demo/receipt-line.ts';
import type { ReceivedEvent } from '#demo/subscriber.ts';

const at = new Date(2026, 5, 12, 10, 0, 4);

function contactOf(name: string) {
  return { _id: '6a2bbfbe1a0899b1ad04bf58', status: 'OPEN', profile: { userDetails: { name } } };
}

/** The columns of the line for one event. */
function columns(type: string, data: Partial<ReceivedEvent['data']>): string[] {
  const event = { id: 'evt_1', type, timestamp: '', data: { source: 'default', ...data } };
  const line = receiptLine({ kind: 'verified', webhookId: 'evt_1', event }, at);
  return stripVTControlCharacters(line).split(/ {2,}/);
}

test('a change of status is told with who and from where to where', () => {
  const changes = { status: { from: 'OPEN', to: 'ONHOLD' } };
  expect(
    columns('contact.status_changed', { contact: contactOf('Ada Lovelace'), changes }),
  ).toEqual(['10:00:04', 'contact.status_changed', 'Ada Lovelace', 'OPEN → ONHOLD', '✓ verified']);
});

test('a new contact is told with its reason and status', () => {
  const data = { contact: contactOf('Ada'), reason: 'imported' };
  expect(columns('contact.created', data).slice(2, 4)).toEqual(['Ada', 'imported, OPEN']);
});

test('a contact without a name is told by its e-mail address, else by its id', () => {
  const { _id } = contactOf('');
  const profile = { userDetails: { name: '', contact: { email: 'ada@shop.test' } } };
  expect(columns('contact.created', { contact: { _id, profile } })[2]).toBe('ada@shop.test');
  expect(columns('contact.created', { contact: contactOf('') })[2]).toBe(_id);
});

test('an event without a contact has its line too', () => {
  expect(columns('subscription.test', {})).toEqual(['10:00:04', 'subscription.test', '✓ verified']);
});

test('a name cannot draw on the terminal nor break the columns', () => {
  const contact = contactOf(`\u001b[2J${'x'.repeat(40)}`);
  const event = {
    id: 'evt_1',
    type: 'contact.created',
    timestamp: '',
    data: { source: 'default', contact },
  };
  const line = receiptLine({ kind: 'verified', webhookId: 'evt_1', event }, at);
  expect(line).not.toContain('\u001b[2J');
  expect(line).toContain(`${'x'.repeat(19)}…`);
});

test('a refusal says why', () => {
  const receipt = { kind: 'refused', webhookId: null, reason: 'No matching signature' } as const;
  expect(stripVTControlCharacters(receiptLine(receipt, at))).toBe(
    '10:00:04  ✗ refused: No matching signature',
  );
});
