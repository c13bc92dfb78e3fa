import core, { type RulesetDefinition } from '@stoplight/spectral-core';
import rulesets from '@stoplight/spectral-rulesets';
import { expect, test } from 'vitest';
import { openApi } from './api-under-test.ts';
import { houseRules } from './house-rules.ts';

// biome-ignore lint/suspicious/noExplicitAny: each test breaks another part of the document.
const document: any = await (await (await openApi()).app.request('/openapi.json')).json();

test('the document breaks no rule of OpenAPI and none of the house', {
  timeout: 60_000,
}, async () => {
  expect(await lint(document)).toEqual([]);
});

test('the linter sees each rule broken', { timeout: 60_000 }, async () => {
  const broken = structuredClone(document);
  const { paths, components } = broken;
  delete paths['/v1/events'].get.responses[429];
  delete paths['/v1/sources'].post.responses[415];
  delete paths['/v1/subscriptions'].post.parameters;
  delete paths['/v1/sources'].get.parameters;
  delete paths['/v1/sources/{id}'].patch.responses[200].headers.ETag;
  paths['/readyz'].get.responses[503] = { description: 'It cannot.' };
  delete paths['/docs'].get.operationId;
  delete paths['/v1/events/{id}'].get.responses[200].content['application/json'].example;
  delete paths['/healthz'].get.responses[200].content['application/json'].example.version;
  components.schemas.Source.properties.base_url = { type: 'string' };
  const codes = (await lint(broken)).map((each) => each.split(' ')[0]);
  const own = Object.keys(houseRules).filter((code) => code.startsWith('house-'));
  expect(codes).toEqual(expect.arrayContaining([...own, 'oas3-valid-media-example']));
});

async function lint(judged: object): Promise<string[]> {
  const spectral = new core.Spectral();
  const ruleset = { extends: [[rulesets.oas, 'recommended']], rules: houseRules };
  spectral.setRuleset(ruleset as unknown as RulesetDefinition);
  const found = await spectral.run(structuredClone(judged) as Record<string, unknown>);
  return found.map(({ code, path, message }) => `${code} at ${path.join(' ')}: ${message}`);
}
