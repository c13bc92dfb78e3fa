import { Context, type Liquid, LiquidError, type Template } from 'liquidjs';
import type { ChangeEvent } from '#domain/change-event.ts';
import { createLiquid, mostMade, mostTemplateBytes } from './liquid-engine.ts';
import { isDeadlinePassed, withDeadline } from './template-deadline.ts';

/** Tags and outputs come to while a template is rendered, each round of a loop anew; a long one takes some hundred. */
const mostSteps = 5000;
const mostRenderedBytes = 1024 * 1024;
/** A rendering takes one or less: this ends only what was written to slip through the other bounds. */
const deadlineMs = 500;
/** Of all templates that are kept parsed, which takes many times their length. */
const mostCachedCharacters = 1024 * 1024;

export type TemplateResult =
  | { readonly kind: 'rendered'; readonly text: string }
  | { readonly kind: 'failed'; readonly message: string };

const liquid: Liquid = createLiquid();
const parsed = new Map<string, readonly Template[]>();
let cachedCharacters = 0;

/**
 * The Liquid text over one event: `id`, `type`, `timestamp` and `data`. Whatever the template is, this ends soon, takes
 * little memory and reaches nothing but the event; what it cannot do is said to the subscription's owner. `| json` writes
 * any value as JSON, quotes and all.
 */
export function renderTemplate(template: string, event: ChangeEvent): TemplateResult {
  if (Buffer.byteLength(template) > mostTemplateBytes) {
    return { kind: 'failed', message: 'The template is longer than 64 KiB.' };
  }
  try {
    const text = withDeadline(deadlineMs, () => render(parse(template), event));
    if (text.length <= mostRenderedBytes && Buffer.byteLength(text) <= mostRenderedBytes) {
      return { kind: 'rendered', text };
    }
    return { kind: 'failed', message: tooLong };
  } catch (error) {
    return { kind: 'failed', message: sentenceOf(error) };
  }
}

function parse(template: string): readonly Template[] {
  const cached = parsed.get(template);
  if (cached !== undefined) return cached;
  const fresh = liquid.parse(template);
  if (cachedCharacters + template.length > mostCachedCharacters) {
    parsed.clear();
    cachedCharacters = 0;
  }
  parsed.set(template, fresh);
  cachedCharacters += template.length;
  return fresh;
}

function render(
  templates: readonly Template[],
  { id, type, timestamp, data }: ChangeEvent,
): string {
  const context = new Context(
    { id, type, timestamp, data },
    liquid.options,
    { sync: true },
    { liquid },
  );
  let steps = 0;
  // liquidjs looks at the clock here; a count does not depend on how busy the machine is.
  context.renderLimit.check = () => {
    steps += 1;
    if (steps > mostSteps) throw new Error(tooManySteps);
  };
  return String(liquid.renderSync([...templates], context));
}

const tooLong = 'The template makes more than 1 MiB.';
const tooManySteps = `it goes through more than ${mostSteps.toLocaleString('en-US')} tags and outputs; use fewer or shorter loops`;

/** What liquidjs and the runtime say, for those whom it would tell nothing. */
const translations: readonly (readonly [RegExp, string])[] = [
  [
    /^memory alloc limit exceeded/,
    `it makes more than ${mostMade.toLocaleString('en-US')} characters and list entries on its way`,
  ],
  [/^Invalid string length/, 'it makes a text that is far too long'],
  [/^Maximum call stack size exceeded/, 'its tags are nested too deeply'],
  [/^undefined filter: (.+)$/, 'there is no filter `$1`'],
  [/^tag "(.+)" not found$/, 'there is no tag `$1`'],
];
const mostReason = 200;

function sentenceOf(error: unknown): string {
  if (isDeadlinePassed(error)) {
    return `The template takes longer than ${deadlineMs} ms: use fewer or shorter loops and lists.`;
  }
  const isLiquid = LiquidError.is(error);
  const where = isLiquid ? placeOf(error) : '';
  const thrown = (isLiquid ? error.originalError : undefined) ?? error;
  const said = thrown instanceof Error ? thrown.message : String(thrown);
  const plain = (said.split('\n')[0] ?? '')
    .replace(/, line:\d+, col:\d+$/, '')
    .slice(0, mostReason);
  const known = translations.find(([pattern]) => pattern.test(plain));
  const reason = known === undefined ? plain : plain.replace(...known);
  return `The template cannot be rendered${where}: ${reason}.`;
}

function placeOf({ token }: LiquidError): string {
  const [line, column] = token.getPosition();
  return ` (line ${line}, column ${column})`;
}
