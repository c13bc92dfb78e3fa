import { CloudEvent, HTTP } from 'cloudevents';
import { expect, test } from 'vitest';
import { eventTypes } from '#domain/change-event.ts';
import { renderEvent } from '#webhook/render.ts';
import { sampleEvent } from '#webhook/sample-events.ts';

function receive(event: object) {
  const result = renderEvent({ format: 'cloudevents' }, Buffer.from(JSON.stringify(event)));
  if (result.kind === 'failed') throw new Error(result.message);
  const { body, contentType } = result;
  const received = HTTP.toEvent({
    headers: { 'content-type': contentType },
    body: body.toString(),
  });
  if (!(received instanceof CloudEvent)) throw new Error('What came is not one event.');
  return { received, contentType, json: JSON.parse(body.toString()) };
}

test.each(eventTypes)('the reference library reads and validates %s', (type) => {
  const event = sampleEvent(type);

  const { received, contentType } = receive(event);

  expect(received.validate()).toBe(true);
  expect(contentType).toBe('application/cloudevents+json');
  expect(received).toMatchObject({
    specversion: '1.0',
    id: event.id,
    type,
    source: `/sources/${event.data.source}`,
    time: event.timestamp,
    datacontenttype: 'application/json',
    data: event.data,
  });
});

test('the subject is the contact', () => {
  expect(receive(sampleEvent('contact.assigned')).json.subject).toBe('6a2bbfbe1a0899b1ad04bf58');
});

test.each(['source.failing', 'subscription.test'] as const)(
  '%s, which is about no contact, has no subject',
  (type) => {
    expect(receive(sampleEvent(type)).json).not.toHaveProperty('subject');
  },
);
