import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import {
  listenForComplaints,
  pixelsBeside,
  seriousFindings,
  takePicture,
} from '../../support/browser.ts';
import { describeInBrowser, openScene, type Scene } from './scene.ts';

const everyLook = [
  { look: 'light', width: 'desktop', scheme: 'light' },
  { look: 'dark', width: 'desktop', scheme: 'dark' },
  { look: 'phone', width: 'phone', scheme: 'light' },
  { look: 'phone-dark', width: 'phone', scheme: 'dark' },
] as const;
/** Both widths and both lights are in these two; `LOOKS=all` has the pictures of the others made too. */
const looks = everyLook.filter(
  ({ look }) => process.env.LOOKS === 'all' || look === 'light' || look === 'phone-dark',
);

describeInBrowser('every page', () => {
  let scene: Scene;
  let paths: readonly string[];
  beforeAll(async () => {
    scene = await openScene();
    const page = await scene.signIn(everyLook[0]);
    paths = await findPages(page);
    await page.context().close();
    return scene.close;
  });

  test.each(looks)(
    '$look: is complete, stays within the screen and can be used without seeing it',
    async ({ look, ...options }) => {
      const page = await scene.signIn(options);
      const complaints = listenForComplaints(page);
      const findings: string[] = [];
      for (const path of paths) findings.push(...(await findFaults(page, path, look)));
      expect(findings).toEqual([]);
      expect(complaints).toEqual([]);
      await page.context().close();
    },
    180_000,
  );

  test.each(looks)(
    '$look: the sign-in and a page that is not there, too',
    async ({ look, ...options }) => {
      const page = await scene.open(options);
      for (const [name, path] of [
        ['sign-in', '/sign-in'],
        ['lost', '/nothing'],
      ] as const) {
        await page.goto(path);
        await takePicture(page, `${name}-${look}`);
        expect(await pixelsBeside(page)).toBeLessThanOrEqual(0);
        expect(await seriousFindings(page)).toEqual([]);
      }
      await page.context().close();
    },
  );
});

/** What is wrong with one page in one look, and its picture for people to see. */
async function findFaults(page: Page, path: string, look: string): Promise<string[]> {
  const faults: string[] = [];
  const answer = await page.goto(path);
  if (answer?.status() !== 200) faults.push(`answered ${answer?.status()}`);
  // A stream that is open keeps the network busy for ever; the first figures are enough.
  const isLive = (await page.locator('body[data-live-source]').count()) > 0;
  if (isLive) await page.getByText('Live.').waitFor();
  const name = path === '/' ? 'overview' : patternOf(path).slice(1).replaceAll('/', '-');
  await takePicture(page, `${name}-${look}`);
  const beside = await pixelsBeside(page);
  if (beside > 0) faults.push(`${beside} pixels beside the screen`);
  faults.push(...(await seriousFindings(page)));
  return faults.map((fault) => `${path}: ${fault}`);
}

/** Every kind of page that links lead to, from the overview on: one of each. */
async function findPages(page: Page): Promise<string[]> {
  const found = new Map<string, string>([['/', '/']]);
  const waiting = ['/'];
  for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
    await page.goto(path);
    const links: string[] = await page
      .locator('a[href^="/"]')
      .evaluateAll((anchors) => anchors.map((anchor) => anchor.getAttribute('href') ?? ''));
    for (const link of links) {
      const pattern = patternOf(link);
      if (found.has(pattern) || pattern.startsWith('/docs')) continue;
      found.set(pattern, link);
      waiting.push(link);
    }
  }
  return [...found.values()];
}

/** Pages of the same kind have one pattern: ids and queries do not count. */
function patternOf(path: string): string {
  const [pathname = ''] = path.split('?');
  return pathname
    .replace(/\/(sub_|evt_|key_)[\w-]+/g, '/$1')
    .replace(/\/(sources|contacts\/[\w-]+)\/[\w-]+/, '/$1/id');
}
