import {
  CaptureTag,
  type Context,
  filters,
  Liquid,
  Tag,
  type TagToken,
  type TopLevelToken,
} from 'liquidjs';

/** All text and list entries that filters and `capture` may make in one rendering. */
export const mostMade = 500_000;
export const mostTemplateBytes = 64 * 1024;

/** None of them is in Shopify's Liquid. Those who know only that miss nothing. */
const leftOut = [
  // It would render the same event another way at every attempt.
  'sample',
  // Lists within lists: a few steps make one that takes for ever to write down.
  'push',
  'unshift',
  'group_by',
  'group_by_exp',
  // Loops within one step, which nothing counts.
  'where_exp',
  'reject_exp',
  'has_exp',
  'find_exp',
  'find_index_exp',
];

/** Liquid without files, and with what is missing in liquidjs so that one rendering cannot take all memory. */
export function createLiquid(): Liquid {
  const liquid = new Liquid({
    ownPropertyOnly: true,
    strictFilters: true,
    parseLimit: mostTemplateBytes,
    memoryLimit: mostMade,
    templates: {},
    // Dates come out the same on every machine.
    timezoneOffset: 0,
    locale: 'en-US',
  });
  for (const name of ['include', 'render', 'layout', 'block'])
    liquid.registerTag(name, OtherTemplate);
  liquid.registerTag('capture', CountedCapture);
  for (const name of ['json', 'jsonify']) liquid.registerFilter(name, toJson);
  for (const name of leftOut) liquid.unregisterFilter(name);
  return liquid;
}

/** Refused as the template is parsed, and so when it is written. */
class OtherTemplate extends Tag {
  constructor(token: TagToken, remainTokens: TopLevelToken[], liquid: Liquid) {
    super(token, remainTokens, liquid);
    throw new Error(`\`${token.name}\` is not offered, since there is no other template to name`);
  }

  render(): void {}
}

/** liquidjs counts what filters make, but not this: a text could double itself until nothing is left. */
class CountedCapture extends CaptureTag {
  override *render(context: Context): Generator<unknown, void, string> {
    yield* super.render(context);
    context.memoryLimit.use(String(context.bottom()[this.variable]).length);
  }
}

const charged = filters.json as (this: unknown, value: unknown, space?: unknown) => unknown;

/** What an event lacks becomes `null` and not nothing at all, which would be no JSON. */
function toJson(this: unknown, value: unknown, space?: unknown): unknown {
  return charged.call(this, value ?? null, space);
}
