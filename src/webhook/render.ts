import type { ChangeEvent } from '#domain/change-event.ts';
import type { Subscription } from '#domain/subscription.ts';
import { cloudEventsType, toCloudEvent } from './format-cloudevents.ts';
import { toSlackMessage } from './format-slack.ts';
import { renderTemplate } from './format-template.ts';
import { mostTemplateBytes } from './liquid-engine.ts';
import { isJsonType, mediaTypeProblem } from './media-type.ts';
import { sampleEvent } from './sample-events.ts';

const jsonType = 'application/json';

/** What is sent; or why this event cannot be sent in this format, in a sentence for the subscription's owner. */
export type RenderResult =
  | { readonly kind: 'rendered'; readonly body: Buffer; readonly contentType: string }
  | { readonly kind: 'failed'; readonly message: string };

type Format = Pick<Subscription, 'format' | 'template' | 'contentType'>;

/** `body` is the event as the log holds it: JSON, which the format `standard` sends as it is. */
export function renderEvent(subscription: Format, body: Buffer): RenderResult {
  const { format, template = '', contentType = jsonType } = subscription;
  switch (format) {
    case 'standard':
      return { kind: 'rendered', body, contentType: jsonType };
    case 'cloudevents':
      return rendered(toCloudEvent(readEvent(body)), cloudEventsType);
    case 'slack':
      return rendered(toSlackMessage(readEvent(body)), jsonType);
    case 'template':
      return fromTemplate(template, contentType, readEvent(body));
  }
}

/** The log holds nothing but events. */
function readEvent(body: Buffer): ChangeEvent {
  return JSON.parse(body.toString()) as ChangeEvent;
}

function rendered(text: string, contentType: string): RenderResult {
  return { kind: 'rendered', body: Buffer.from(text), contentType };
}

function fromTemplate(template: string, contentType: string, event: ChangeEvent): RenderResult {
  const result = renderTemplate(template, event);
  if (result.kind === 'failed') return result;
  const message = isJsonType(contentType) ? jsonProblem(result.text) : null;
  return message === null ? rendered(result.text, contentType) : { kind: 'failed', message };
}

function jsonProblem(text: string): string | null {
  try {
    JSON.parse(text);
    return null;
  } catch (error) {
    // Not the whole message: it would carry the contact's text into logs.
    const position = /position \d+/.exec((error as Error).message)?.[0] ?? 'its end';
    return `What the template makes is not JSON (at ${position}): write each value as \`{{ value | json }}\`, without quotes around it, or choose another \`contentType\`.`;
  }
}

export interface FormatProblem {
  readonly path: 'template' | 'contentType';
  readonly message: string;
}

/**
 * What is wrong with how a subscription wants its events, each with what to do about it; empty where nothing is. A template
 * is tried on a sample of every type that may come, tests included.
 */
export function formatProblem(
  subscription: Format & Pick<Subscription, 'events'>,
): FormatProblem[] {
  const { format, template, contentType, events } = subscription;
  if (format !== 'template') {
    const given = (['template', 'contentType'] as const).filter(
      (path) => subscription[path] !== undefined,
    );
    const message =
      'belongs to the format `template`: leave it out (in a change, null takes it away), or choose that format';
    return given.map((path) => ({ path, message }));
  }
  const problems: FormatProblem[] = [];
  const typeProblem = contentType === undefined ? null : mediaTypeProblem(contentType);
  if (typeProblem !== null) problems.push({ path: 'contentType', message: typeProblem });
  const textProblem = templateProblem(
    template,
    typeProblem === null ? contentType : undefined,
    events,
  );
  if (textProblem !== null) problems.push({ path: 'template', message: textProblem });
  return problems;
}

function templateProblem(
  template: string | undefined,
  contentType: string | undefined,
  events: Subscription['events'],
): string | null {
  if (template === undefined || template.trim() === '') {
    return 'is required by the format `template`: a Liquid text, such as `{"text": {{ data.contact.status | json }}}`';
  }
  if (Buffer.byteLength(template) > mostTemplateBytes) {
    return 'must be at most 64 KiB long: keep what is needed of the event';
  }
  for (const type of new Set([...events, 'subscription.test' as const])) {
    const body = Buffer.from(JSON.stringify(sampleEvent(type)));
    const result = renderEvent({ format: 'template', template, contentType }, body);
    // The first is enough: whoever mends it sees the next.
    if (result.kind === 'failed') return `does not fit a \`${type}\` event: ${result.message}`;
  }
  return null;
}
