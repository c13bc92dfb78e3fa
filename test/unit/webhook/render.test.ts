import { expect, test } from 'vitest';
import { eventTypes } from '#domain/change-event.ts';
import { formatProblem, renderEvent } from '#webhook/render.ts';
import { sampleEvent } from '#webhook/sample-events.ts';

const event = sampleEvent('contact.status_changed');
const body = Buffer.from(JSON.stringify(event));
const toText = '{{ type }}: {{ data.contact.status }}';
const toJson = '{"text": {{ data.contact.profile.userDetails.name | json }}}';
const byHand = '{"text": "{{ data.contact.profile.userDetails.name }}"}';

test('the standard format is the very bytes of the log, not even read', () => {
  const anyBytes = Buffer.from('not JSON at all');
  const result = renderEvent({ format: 'standard' }, anyBytes);

  expect(result).toEqual({ kind: 'rendered', body: anyBytes, contentType: 'application/json' });
  expect(result.kind === 'rendered' && result.body).toBe(anyBytes);
});

test('svix/svix-webhooks#1323: a template makes the body, of the type that was chosen', () => {
  const result = renderEvent(
    { format: 'template', template: toText, contentType: 'text/plain; charset=utf-8' },
    body,
  );

  expect(result).toEqual({
    kind: 'rendered',
    body: Buffer.from('contact.status_changed: ONHOLD'),
    contentType: 'text/plain; charset=utf-8',
  });
});

test('a template makes JSON where nothing else was chosen', () => {
  const result = renderEvent({ format: 'template', template: toJson }, body);

  expect(result).toEqual({
    kind: 'rendered',
    body: Buffer.from(JSON.stringify({ text: 'Ada "Countess" Lovelace' }).replace(':', ': ')),
    contentType: 'application/json',
  });
});

test.each(['application/json', 'application/vnd.team+json; v=1', 'APPLICATION/JSON'])(
  'what is sent as %s and is none fails, without the contact in the message',
  (contentType) => {
    const result = renderEvent({ format: 'template', template: byHand, contentType }, body);

    expect(result).toEqual({ kind: 'failed', message: expect.stringContaining('| json') });
    expect(result.kind === 'failed' && result.message).not.toContain('Countess');
  },
);

test('a template that cannot be rendered fails with a sentence for its owner', () => {
  expect(renderEvent({ format: 'template', template: '{{ id | shout }}' }, body)).toEqual({
    kind: 'failed',
    message: 'The template cannot be rendered (line 1, column 1): there is no filter `shout`.',
  });
});

test.each(['standard', 'cloudevents', 'slack'] as const)(
  'the format %s takes neither template nor contentType',
  (format) => {
    expect(formatProblem({ format, events: ['contact.created'] })).toEqual([]);
    const problems = formatProblem({
      format,
      events: ['contact.created'],
      template: toText,
      contentType: 'text/plain',
    });
    expect(problems.map(({ path }) => path)).toEqual(['template', 'contentType']);
    expect(problems[0]?.message).toContain('leave it out');
    expect(problems[0]?.message).toContain('null takes it away');
  },
);

test.each([undefined, '', ' \n'])('the format template asks for a template (%j)', (template) => {
  expect(formatProblem({ format: 'template', template, events: ['contact.created'] })).toEqual([
    { path: 'template', message: expect.stringContaining('is required') },
  ]);
});

test('a template that suits every type of event is taken', () => {
  const template = '{"text": {{ data | json }}, "type": {{ type | json }}}';
  expect(formatProblem({ format: 'template', template, events: eventTypes })).toEqual([]);
});

test.each([
  'text/plain',
  'text/plain;charset=UTF-8',
  'a/b; c="d;\\" e"',
  'application/x-www-form-urlencoded',
])('a template may be sent as %s', (contentType) => {
  expect(
    formatProblem({ format: 'template', template: toText, contentType, events: eventTypes }),
  ).toEqual([]);
});

test.each([
  '',
  'text',
  'text/',
  'text/plain;',
  'text/plain, b',
  'text/plain\r\nx: y',
  'tëxt/plain',
  `text/${'x'.repeat(200)}`,
  'text/plain; charset=latin1',
])('a contentType like %j is refused', (contentType) => {
  expect(
    formatProblem({
      format: 'template',
      template: toJson,
      contentType,
      events: ['contact.created'],
    }),
  ).toEqual([{ path: 'contentType', message: expect.stringMatching(/^must /) }]);
});

test('JSON put together by hand is refused when it is written', () => {
  expect(
    formatProblem({ format: 'template', template: byHand, events: ['contact.assigned'] }),
  ).toEqual([
    {
      path: 'template',
      message: expect.stringMatching(/^does not fit a `contact.assigned` event: .+ is not JSON/),
    },
  ]);
  expect(
    formatProblem({
      format: 'template',
      template: byHand,
      contentType: 'text/plain',
      events: ['contact.assigned'],
    }),
  ).toEqual([]);
});

test('a template is tried on each type that was asked for, and on the test', () => {
  const only = (type: string) =>
    `{% if type == '${type}' %}{{ 1 | divided_by: 0 | upcase | json }}}{% else %}{}{% endif %}`;
  const problemOf = (type: string) =>
    formatProblem({
      format: 'template',
      template: only(type),
      events: ['contact.created', 'source.failing'],
    })[0]?.message;

  expect(problemOf('contact.created')).toContain('`contact.created`');
  expect(problemOf('source.failing')).toContain('`source.failing`');
  expect(problemOf('subscription.test')).toContain('`subscription.test`');
  expect(problemOf('contact.deleted')).toBeUndefined();
});

test('a template over 64 KiB is refused by its length', () => {
  const template = 'x'.repeat(64 * 1024 + 1);
  expect(
    formatProblem({
      format: 'template',
      template,
      contentType: 'text/plain',
      events: ['contact.created'],
    }),
  ).toEqual([{ path: 'template', message: expect.stringContaining('64 KiB') }]);
});

test.each(eventTypes)('the sample of %s looks like the contract says', (type) => {
  const sample = sampleEvent(type);

  expect(sample).toMatchObject({
    id: expect.stringMatching(/^evt_/),
    type,
    timestamp: expect.any(String),
  });
  expect(JSON.parse(JSON.stringify(sample))).toEqual(sample);
  expect('contact' in sample.data).toBe(type.startsWith('contact.'));
  expect('occurred' in sample.data).toBe(type.startsWith('contact.'));
});
