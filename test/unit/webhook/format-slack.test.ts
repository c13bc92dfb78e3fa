import fc, { type Arbitrary } from 'fast-check';
import { expect, test } from 'vitest';
import { eventTypes } from '#domain/change-event.ts';
import { renderEvent } from '#webhook/render.ts';
import { sampleEvent } from '#webhook/sample-events.ts';
import { type SlackMessage, slackRefusals, textsOf } from './slack-limits.ts';

function messageOf(event: unknown): SlackMessage {
  const result = renderEvent({ format: 'slack' }, Buffer.from(JSON.stringify(event)));
  if (result.kind === 'failed') throw new Error(result.message);
  expect(result.contentType).toBe('application/json');
  return JSON.parse(result.body.toString());
}

/** A sample whose contact has other details. */
function withDetails(type: (typeof eventTypes)[number], userDetails: object, contact: object = {}) {
  const event = sampleEvent(type);
  const { data } = event;
  return {
    ...event,
    data: { ...data, contact: { ...data.contact, ...contact, profile: { userDetails } } },
  };
}

function fieldsOf({ blocks }: SlackMessage): string[] {
  return blocks.flatMap(({ fields }) => fields ?? []).map(({ text }) => text);
}

test.each(eventTypes)('Slack takes %s', (type) => {
  const message = messageOf(sampleEvent(type));

  expect(slackRefusals(message)).toEqual([]);
  expect(message).toMatchObject({ unfurl_links: false, unfurl_media: false, mrkdwn: false });
});

test('an alert says who, from what to what, when and where', () => {
  const message = messageOf(sampleEvent('contact.status_changed'));

  expect(message.blocks[0]?.text?.text).toBe('Status changed');
  expect(fieldsOf(message)).toEqual([
    'Name\nAda "Countess" Lovelace',
    'Phone\n+1 5550100',
    'E-mail\nada@example.com',
    'Status\nOPEN → ONHOLD',
  ]);
  expect(message.blocks.at(-1)?.elements?.map(({ text }) => text)).toEqual([
    '<!date^1781258404^{date_short_pretty}, {time_secs}|2026-06-12T10:00:04.120Z>',
    'Source default',
    'Contact 6a2bbfbe1a0899b1ad04bf58',
    'Event evt_sample_contact.status_changed',
  ]);
  expect(message.text).toBe(
    'Status changed · Name: Ada "Countess" Lovelace · Phone: +1 5550100 · E-mail: ada@example.com · Status: OPEN → ONHOLD',
  );
});

test('nobody and nothing are named as such', () => {
  expect(fieldsOf(messageOf(sampleEvent('contact.assigned')))).toContain(
    'Agent\nnone → 5fed38e56fb193dcc6c933f5',
  );
});

test('what was written is quoted, with its lines', () => {
  const { blocks } = messageOf(sampleEvent('contact.message_received'));

  expect(blocks.map(({ text }) => text?.text)).toContain('Hello,\nwhere is my "order"?');
});

test('new values of details are told in words', () => {
  const event = sampleEvent('contact.updated');
  const changes = {
    phone: { to: { number: '5550101', prefix: '+1' } },
    attributes: { to: [{ key: 'plan', value: 'pro' }] },
    hasOrdered: { to: { status: true } },
    tags: { to: [] },
  };
  const fields = fieldsOf(messageOf({ ...event, data: { ...event.data, changes } }));

  expect(fields).toEqual(
    expect.arrayContaining([
      'Phone\n+1 5550101',
      'Attributes\nplan: pro',
      'Has ordered\nstatus: yes',
      'Tags\nnone',
    ]),
  );
  expect(fields).not.toContain('Phone\n+1 5550100');
});

test('an operator reads what is wrong with a source', () => {
  expect(fieldsOf(messageOf(sampleEvent('source.failing')))).toEqual([
    'Error\nkind: unauthorized, message: The inbox refused the API token., since: 2026-06-12T10:00:04.120Z',
  ]);
});

test('contact text is escaped and can neither mention, link nor style', () => {
  const name = '<!channel> *a* & <https://evil.example|b> :smile:';
  const escaped = '&lt;!channel&gt; *a* &amp; &lt;https://evil.example|b&gt; :smile:';
  const message = messageOf(withDetails('contact.created', { name }));

  const told = textsOf(message).filter(({ text }) => text.includes('channel'));
  expect(told.map(({ text }) => text)).toEqual([
    expect.stringContaining(`Name: ${escaped}`),
    `Name\n${escaped}`,
  ]);
  expect(told[1]).toMatchObject({ type: 'plain_text', emoji: false });
});

test('a name cannot break its line or turn the order of reading', () => {
  const name = 'Ada\nStatus\r\nOPEN \u202egnp.exe \u0000end';
  const fields = fieldsOf(messageOf(withDetails('contact.created', { name })));

  expect(fields).toContain('Name\nAda Status  OPEN  gnp.exe  end');
});

test('a long text is cut between characters and never within an escape', () => {
  for (const unit of ['&', '<', '😀', 'a&', '😀&😀']) {
    for (let before = 0; before < 8; before += 1) {
      const name = 'x'.repeat(before) + unit.repeat(400);
      const field = fieldsOf(messageOf(withDetails('contact.created', { name })))[0] ?? '';
      const shown = field
        .slice('Name\n'.length, -1)
        .replaceAll('&amp;', '&')
        .replaceAll('&lt;', '<');

      expect(field).toHaveLength(field.toWellFormed().length);
      expect(field.endsWith('…')).toBe(true);
      expect(field.isWellFormed()).toBe(true);
      expect(name.startsWith(shown)).toBe(true);
      expect(field.length).toBeGreaterThan(280);
      expect(field.length).toBeLessThanOrEqual('Name\n'.length + 300);
    }
  }
});

test('a text that just fits is not cut', () => {
  const fitting = `${'x'.repeat(295)}&`;
  expect(fieldsOf(messageOf(withDetails('contact.created', { name: fitting })))).toContain(
    `Name\n${'x'.repeat(295)}&amp;`,
  );
});

test('long lists and many changes are told by their beginning', () => {
  const event = sampleEvent('contact.updated');
  const tags = Array.from({ length: 25 }, (_, index) => `t${index}`);
  const changes = Object.fromEntries(
    ['tags', ...'abcdefghijklmn'].map((name) => [
      name,
      { to: name === 'tags' ? tags : 'x'.repeat(99) },
    ]),
  );
  const message = messageOf({ ...event, data: { ...event.data, changes } });

  expect(fieldsOf(message)).toContain(`Tags\n${tags.slice(0, 20).join(', ')}, …`);
  expect(fieldsOf(message)).toHaveLength(10);
  expect(message.text).toMatch(/^Contact updated · .+ · a: x{99}/);
  expect(message.text.length).toBeLessThanOrEqual(600);
});

test('names that show nothing are left out', () => {
  for (const name of ['', '   ', '\u200b\u200d', '\n\t', '\u0000']) {
    const fields = fieldsOf(messageOf(withDetails('contact.created', { name })));
    expect(fields.filter((field) => field.startsWith('Name'))).toEqual([]);
  }
});

const wildText: Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom('&', '<', '>', '*', '`', '@', '!', '\n', '\u202e', '\ud83d', '😀', 'a'),
  }),
  fc.string({ unit: 'binary', minLength: 1 }).map((text) => text.repeat(2000).slice(0, 60_000)),
);
const wildValue = fc.oneof(wildText, fc.anything({ maxDepth: 4 }), fc.constant(undefined));
const wildEvent = fc.record(
  {
    id: wildText,
    type: fc.oneof(fc.constantFrom(...eventTypes), wildText),
    timestamp: wildText,
    data: fc.record(
      {
        source: wildText,
        contact: fc.oneof(
          fc.record(
            {
              _id: wildValue,
              status: wildValue,
              lastMessage: fc.record({ text: wildValue }, { requiredKeys: [] }),
              profile: fc.record({
                userDetails: fc.record(
                  { name: wildValue, contact: fc.record({ email: wildValue, phone: wildValue }) },
                  { requiredKeys: [] },
                ),
              }),
            },
            { requiredKeys: [] },
          ),
          fc.dictionary(wildText, wildValue),
        ),
        changes: fc.dictionary(
          wildText,
          fc.record({ from: wildValue, to: wildValue }, { requiredKeys: [] }),
        ),
        reason: wildValue,
        error: wildValue,
      },
      { requiredKeys: ['source'] },
    ),
  },
  { requiredKeys: ['type', 'data'] },
);

/** What `JSON.stringify` takes: no bigints. */
function toJson(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_, one) => (typeof one === 'bigint' ? String(one) : one)) ?? 'null',
  );
}

test('Slack takes whatever a record holds, and reads no markup in it', () => {
  fc.assert(
    fc.property(wildEvent, (wild) => {
      const message = messageOf(toJson(wild));

      expect(slackRefusals(message)).toEqual([]);
      for (const { type, text } of textsOf(message)) {
        expect(text.isWellFormed()).toBe(true);
        const ours =
          type === 'mrkdwn' ? text.replace(/^<!date\^\d+\^[^<>|&]+\|[\d:.TZ-]+>$/, '') : text;
        expect(ours.replaceAll(/&(?:amp|lt|gt);/g, '')).not.toMatch(/[&<>]/);
      }
      const styled = textsOf(message)
        .slice(1)
        .filter(({ type }) => type === 'mrkdwn');
      expect(styled.every(({ text }) => text.startsWith('<!date^'))).toBe(true);
    }),
    { numRuns: 300 },
  );
});
