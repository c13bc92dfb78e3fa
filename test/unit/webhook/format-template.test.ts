import { expect, test } from 'vitest';
import { renderTemplate } from '#webhook/format-template.ts';
import { sampleEvent } from '#webhook/sample-events.ts';

const event = sampleEvent('contact.status_changed');

function textOf(template: string): string {
  const result = renderTemplate(template, event);
  return result.kind === 'rendered' ? result.text : `failed: ${result.message}`;
}

function failureOf(template: string): string {
  const result = renderTemplate(template, event);
  if (result.kind === 'rendered') throw new Error(`It made ${result.text.length} characters.`);
  return result.message;
}

test('renders the four variables of an event', () => {
  expect(textOf('{{ id }} {{ type }} {{ timestamp }} {{ data.changes.status.to }}')).toBe(
    'evt_sample_contact.status_changed contact.status_changed 2026-06-12T10:00:04.120Z ONHOLD',
  );
});

test('renders with loops, conditions and filters', () => {
  const template = `{% if data.contact.status == 'ONHOLD' %}{% for tag in data.contact.profile.userDetails.tags %}{{ tag | upcase }};{% endfor %}{% endif %}`;
  expect(textOf(template)).toBe('VIP;R&D \\ <BETA>;');
});

test('finds a custom attribute by its key', () => {
  const template =
    "{% assign plan = data.contact.profile.userDetails.attributes | where: 'key', 'plan' | first %}{{ plan.value }}";
  expect(textOf(template)).toBe('pro');
});

test('`json` writes any value as JSON, and null for what the event lacks', () => {
  const template =
    '[{{ data.contact.profile.userDetails.name | json }},{{ data.none.at_all | json }}]';
  expect(JSON.parse(textOf(template))).toEqual(['Ada "Countess" Lovelace', null]);
});

test('writes dates in UTC, whatever the zone of the machine', () => {
  expect(textOf("{{ timestamp | date: '%Y-%m-%d %H:%M' }}")).toBe('2026-06-12 10:00');
  expect(textOf("{{ timestamp | date: '%H:%M', 'Asia/Tokyo' }}")).toBe('19:00');
});

test('sees the own fields of an event only', () => {
  const template =
    '{{ constructor }}{{ data.constructor }}{{ data.contact.__proto__ }}{{ id.constructor.name }}{{ data.toString }}';
  expect(textOf(template)).toBe('');
});

test('one rendering leaves nothing behind for the next', () => {
  const template = '{% increment n %}{% assign seen = data.source %}{{ seen }}';
  expect([textOf(template), textOf(template), textOf('{{ n }}{{ seen }}')]).toEqual([
    '0default',
    '0default',
    '',
  ]);
});

test.each([
  ["{% include 'x' %}", '`include` is not offered'],
  ["{% render 'x' %}", '`render` is not offered'],
  ["{% layout 'x' %}", '`layout` is not offered'],
  ['{% block x %}{% endblock %}', '`block` is not offered'],
  ['{{ id | sample }}', 'no filter `sample`'],
  ['{{ id | push: id }}', 'no filter `push`'],
  ['{{ id | shout }}', 'no filter `shout`'],
  ['{% unknown %}', 'no tag `unknown`'],
  ['{% if id %}', 'not closed'],
  ['{{ id', 'not closed'],
])('%s fails and says why', (template, reason) => {
  expect(failureOf(template)).toContain(reason);
});

test('a failure names the place, and holds no stack', () => {
  expect(failureOf('first\n  {{ id | shout }}')).toBe(
    'The template cannot be rendered (line 2, column 3): there is no filter `shout`.',
  );
});

test('a template of 64 KiB is rendered and a longer one is not', () => {
  expect(textOf('é'.repeat(32 * 1024))).toHaveLength(32 * 1024);
  expect(failureOf(`${'é'.repeat(32 * 1024)}x`)).toContain('64 KiB');
});

const doubled = (tag: string) =>
  `{% assign a = 'xxxxxxxxxxxxxxxx' %}{% for i in (1..60) %}${tag}{% endfor %}`;
const growing = (times: number) =>
  `{% assign a = '${'x'.repeat(60_000)}' %}${'{% assign a = a | append: a %}'.repeat(times)}`;
const longLists = '{% assign r = (1..240000) %}{% assign s = (1..240000) %}';
const tooSlow = `${longLists}{% if ${Array(3000).fill('r != s').join(' or ')} %}{% endif %}`;

test.each([
  [
    'endless nested loops',
    '{% for i in (1..9999) %}{% for j in (1..9999) %}{{ j }}{% endfor %}{% endfor %}',
    '5,000 tags',
  ],
  [
    'endless loops over nothing',
    '{% for i in (1..9999) %}{% for j in (1..9999) %}{% endfor %}{% endfor %}',
    '5,000 tags',
  ],
  ['endless rows of a table', '{% tablerow i in (1..99999) %}{% endtablerow %}', '5,000 tags'],
  ['a huge range', '{% for i in (1..999999999) %}{% endfor %}', '500,000 characters'],
  ['a range that is only named', '{% assign r = (1..999999999) %}', '500,000 characters'],
  ['a text doubled by append', doubled('{% assign a = a | append: a %}'), '500,000 characters'],
  [
    'a text doubled by capture',
    doubled('{% capture a %}{{ a }}{{ a }}{% endcapture %}'),
    '500,000 characters',
  ],
  [
    'a text doubled by replace',
    doubled("{% assign a = a | replace: 'x', 'xx' %}"),
    '500,000 characters',
  ],
  [
    'a list doubled by concat',
    `{% assign a = '1,2' | split: ',' %}{% for i in (1..60) %}{% assign a = a | concat: a %}{% endfor %}`,
    '500,000 characters',
  ],
  ['a date padded to millions', "{{ timestamp | date: '%9999999d' }}", '500,000 characters'],
  [
    'an output of gigabytes',
    `${growing(2)}{% for i in (1..2400) %}{{ a }}{% endfor %}`,
    'far too long',
  ],
  [
    'an output over 1 MiB',
    `${growing(0)}{% for i in (1..18) %}{{ a }}{% endfor %}`,
    'more than 1 MiB',
  ],
  ['names nested thousands deep', `{{ ${'a['.repeat(20_000)} }}`, 'nested too deeply'],
  ['thousands of long comparisons in one tag', tooSlow, 'longer than 500 ms'],
])('%s end soon and as a failure', (_, template, reason) => {
  expect(failureOf(template)).toContain(reason);
});

test('a template that failed does not spoil the next', () => {
  failureOf(tooSlow);

  expect(textOf('{{ type }}')).toBe('contact.status_changed');
});

test('more templates than are kept are rendered all the same', () => {
  const padding = ' '.repeat(60_000);
  const texts = Array.from({ length: 40 }, (_, index) =>
    textOf(`${padding}${index}{{ id }}`).trim(),
  );

  expect(texts).toEqual(texts.map((__, index) => `${index}${event.id}`));
});
