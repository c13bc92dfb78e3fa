interface Text {
  readonly type: string;
  readonly text: string;
  readonly emoji?: boolean;
}
interface Block {
  readonly type: string;
  readonly text?: Text;
  readonly fields?: readonly Text[];
  readonly elements?: readonly Text[];
}
export interface SlackMessage {
  readonly text: string;
  readonly blocks: readonly Block[];
  readonly [more: string]: unknown;
}

/**
 * What Slack would refuse of a message, by its published limits:
 * docs.slack.dev/reference/block-kit/blocks (50 blocks), /blocks/header-block (plain_text, 150), /blocks/section-block (text
 * 3,000, 10 fields of 2,000), /blocks/context-block (10 elements), /composition-objects/text-object (1 to 3,000, `emoji` only
 * of plain_text), and docs.slack.dev/changelog/2018-04-truncating-really-long-messages (`text` 40,000).
 */
export function slackRefusals(message: SlackMessage): string[] {
  const { text, blocks } = message;
  return [
    ...(text.length < 1 || text.length > 40_000 ? ['text is not 1 to 40,000 long'] : []),
    ...(blocks.length < 1 || blocks.length > 50 ? ['not 1 to 50 blocks'] : []),
    ...blocks.flatMap((block, index) =>
      blockRefusals(block).map((refusal) => `block ${index} (${block.type}): ${refusal}`),
    ),
  ];
}

function blockRefusals({ type, text, fields, elements }: Block): string[] {
  if (type === 'header') {
    if (text === undefined || text.type !== 'plain_text') return ['its text is not plain_text'];
    return textRefusals(text, 150);
  }
  if (type === 'section') {
    if (text === undefined && fields === undefined) return ['neither text nor fields'];
    return [
      ...(text === undefined ? [] : textRefusals(text, 3000)),
      ...(fields === undefined ? [] : countRefusals(fields, 10)),
      ...(fields ?? []).flatMap((field) => textRefusals(field, 2000)),
    ];
  }
  if (type !== 'context' || elements === undefined) return ['not a block that is used here'];
  return [
    ...countRefusals(elements, 10),
    ...elements.flatMap((element) => textRefusals(element, 3000)),
  ];
}

function countRefusals(list: readonly Text[], most: number): string[] {
  return list.length < 1 || list.length > most ? [`not 1 to ${most} of them`] : [];
}

function textRefusals({ type, text, emoji }: Text, most: number): string[] {
  return [
    ...(type === 'plain_text' || type === 'mrkdwn' ? [] : [`unknown text type ${type}`]),
    ...(text.trim() === '' ? ['nothing to see'] : []),
    ...(text.length > most ? [`longer than ${most}`] : []),
    ...(emoji !== undefined && type !== 'plain_text' ? ['emoji outside plain_text'] : []),
  ];
}

/** Every text of the message, the one for notifications first. */
export function textsOf({ text, blocks }: SlackMessage): Text[] {
  return [
    { type: 'mrkdwn', text },
    ...blocks.flatMap((block) => [
      ...(block.text === undefined ? [] : [block.text]),
      ...(block.fields ?? []),
      ...(block.elements ?? []),
    ]),
  ];
}
