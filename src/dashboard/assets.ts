import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Hono } from 'hono';
import type { DashboardEnv } from './env.ts';

const files = {
  'dashboard.css': {
    type: 'text/css; charset=utf-8',
    // One after the other, as the cascade wants them.
    parts: [
      'base',
      'frame',
      'components',
      'plots',
      'forms',
      'events',
      'subscriptions',
      'subscription-form',
      'phone',
    ].map((name) => `./assets/${name}.css`),
  },
  'dashboard.js': {
    type: 'text/javascript; charset=utf-8',
    parts: ['plots', 'live', 'keys'].map((name) => `./assets/${name}.js`),
  },
  'favicon.svg': { type: 'image/svg+xml', parts: ['./assets/favicon.svg'] },
  'uPlot.min.css': { type: 'text/css; charset=utf-8', parts: ['uplot/dist/uPlot.min.css'] },
  'uPlot.iife.min.js': {
    type: 'text/javascript; charset=utf-8',
    parts: ['uplot/dist/uPlot.iife.min.js'],
  },
} as const;
export type AssetName = keyof typeof files;

interface Asset {
  readonly name: string;
  readonly type: string;
  readonly hash: string;
  readonly content: string;
}

/** The few files beside the pages. Their address holds the hash of their content, so that browsers keep them for good. */
export interface Assets {
  url(name: AssetName): string;
  find(hash: string, name: string): Asset | null;
}

export function readAssets(): Assets {
  const assets = new Map<string, Asset>();
  for (const [name, { type, parts }] of Object.entries(files)) {
    const read = (part: string) => readFileSync(new URL(import.meta.resolve(part)), 'utf8');
    const content = parts.map(read).join('\n');
    const hash = createHash('sha256').update(content).digest('hex').slice(0, 16);
    assets.set(name, { name, type, hash, content });
  }
  return {
    url(name) {
      return `/assets/${assets.get(name)?.hash}/${name}`;
    },
    find(hash, name) {
      const asset = assets.get(name);
      return asset?.hash === hash ? asset : null;
    },
  };
}

export function assetRoutes(app: Hono<DashboardEnv>, assets: Assets): void {
  app.get('/assets/:hash/:name', (c) => {
    const asset = assets.find(c.req.param('hash'), c.req.param('name'));
    if (asset === null) return c.notFound();
    const { type, hash, content } = asset;
    const etag = `"${hash}"`;
    const headers = { etag, 'cache-control': 'public, max-age=31536000, immutable' };
    if (c.req.header('if-none-match') === etag) return c.body(null, 304, headers);
    return c.body(content, 200, { ...headers, 'content-type': type });
  });
}
