import core, { type RulesetDefinition } from '@stoplight/spectral-core';
import rulesets from '@stoplight/spectral-rulesets';
import { expect, test } from 'vitest';
import { openApi } from './api-under-test.ts';
import { readDocument } from './documented-answers.ts';
import { houseRules } from './house-rules.ts';

// biome-ignore lint/suspicious/noExplicitAny: each test breaks another part of the document.
const document: any = await readDocument((await openApi()).app);

test('the document breaks no rule of OpenAPI and none of the house', async () => {
  expect(await lint(document)).toEqual([]);
});

test.each([
  ['house-refusals', (d: typeof document) => delete d.paths['/v1/events'].get.responses[429]],
  ['house-bodies', (d: typeof document) => delete d.paths['/v1/sources'].post.responses[415]],
  ['house-idempotency', (d: typeof document) => delete d.paths['/v1/sources'].post.parameters],
  ['house-lists', (d: typeof document) => delete d.paths['/v1/events'].get.parameters],
  ['house-examples', (d: typeof document) => delete goodAnswer(d, '/healthz').example],
  ['house-problems', (d: typeof document) => delete d.paths['/readyz'].get.responses[503].content],
  ['house-names', (d: typeof document) => renameField(d, 'Source', 'base_url')],
  ['house-operations', (d: typeof document) => delete d.paths['/docs'].get.operationId],
  [
    'oas3-valid-media-example',
    (d: typeof document) => delete goodAnswer(d, '/healthz').example.version,
  ],
])('the linter sees what breaks %s', async (code, breakIt) => {
  const broken = structuredClone(document);
  breakIt(broken);
  expect((await lint(broken)).map((each) => each.split(' ')[0])).toContain(code);
});

function goodAnswer(broken: typeof document, path: string) {
  return broken.paths[path].get.responses[200].content['application/json'];
}

function renameField(broken: typeof document, schema: string, name: string): void {
  broken.components.schemas[schema].properties[name] = { type: 'string' };
}

async function lint(judged: object): Promise<string[]> {
  const spectral = new core.Spectral();
  const ruleset = { extends: [[rulesets.oas, 'recommended']], rules: houseRules };
  spectral.setRuleset(ruleset as unknown as RulesetDefinition);
  const found = await spectral.run(structuredClone(judged) as Record<string, unknown>);
  return found.map(({ code, path, message }) => `${code} at ${path.join(' ')}: ${message}`);
}
