import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { describeInBrowser, openScene, type Scene } from './scene.ts';

describeInBrowser('what people come to do', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await openScene();
    return scene.close;
  });

  describe.each(['desktop', 'phone'] as const)('on a %s', (width) => {
    async function onPage(act: (page: Page) => Promise<void>, page?: Page): Promise<void> {
      const used = page ?? (await scene.signIn({ width }));
      await act(used);
      await used.context().close();
    }

    test('sign in, after a wrong key, and sign out', async () => {
      const page = await scene.open({ width });
      await onPage(async () => {
        await page.goto('/sources');
        await page.getByLabel('API key').fill('a wrong key');
        await page.keyboard.press('Enter');
        await page.getByText('This key is not known').waitFor();
        await page.getByLabel('API key').fill(scene.adminKey);
        await page.keyboard.press('Enter');
        await page.getByRole('heading', { name: 'Sources', level: 1 }).waitFor();
        await page.getByRole('button', { name: 'Sign out' }).click();
        await page.getByRole('heading', { name: 'Sign in' }).waitFor();
        await page.goto('/');
        expect(new URL(page.url()).pathname).toBe('/sign-in');
      }, page);
    });

    test('see at a glance what is seen, what is delivered and what needs somebody', async () => {
      await onPage(async (page) => {
        await page.getByRole('heading', { name: '2 things need you' }).waitFor();
        const seen = page.locator('.card', { hasText: 'Is everything seen?' });
        await seen.locator('.answer', { hasText: 'Yes' }).waitFor();
        expect(await seen.textContent()).toMatch(/Everyone was read within \d+ s\./);
        const delivered = page.locator('.card', { hasText: 'Is everything delivered?' });
        expect(await delivered.textContent()).toContain('Not everything');
        expect(await page.locator('canvas').count()).toBe(3);
      });
    });

    test('go from what needs somebody to what is wrong', async () => {
      await onPage(async (page) => {
        await page.getByRole('link', { name: 'The failing one' }).first().click();
        await page.waitForURL(`**/subscriptions/${scene.failing}*`);
        await page.getByText('Failing').first().waitFor();
      });
    });

    test('see how fresh a source is, pause it and resume it', async () => {
      await onPage(async (page) => {
        await page.getByRole('navigation', { name: 'Main' }).getByText('Sources').click();
        await page.getByRole('link', { name: 'default' }).click();
        await page.getByRole('heading', { name: 'How fresh' }).waitFor();
        await page.getByRole('button', { name: 'Pause' }).click();
        await page.getByText('This source is paused.').waitFor();
        expect((await scene.service.api.source())?.state).toBe('paused');
        await page.getByRole('button', { name: 'Resume' }).click();
        await page.getByText('This source is watched again.').waitFor();
        expect((await scene.service.api.source())?.state).toBe('watching');
      });
    });

    test('make a key for somebody, let them in, and revoke it', async () => {
      await onPage(async (page) => {
        await page.goto('/keys');
        await page.getByText('Make a key').click();
        await page.getByLabel('What it is for').fill(`For a ${width}`);
        await page.getByLabel('See everything but keys').check();
        await page.getByRole('button', { name: 'Make it' }).click();
        const said = (await page.locator('.notice').textContent()) ?? '';
        const [key = ''] = /ink_[\w-]{43}/.exec(said) ?? [];
        const guest = await scene.open({ width });
        await guest.goto('/sign-in');
        await guest.getByLabel('API key').fill(key);
        await guest.keyboard.press('Enter');
        await guest.getByRole('heading', { name: '2 things need you' }).waitFor();
        const row = page.getByRole('row', { name: `For a ${width}` });
        await row.getByText('Revoke', { exact: true }).click();
        await row.getByRole('button', { name: 'Revoke this key' }).click();
        await page.getByText('The key is revoked.').waitFor();
        // Its open page hears of it by itself.
        await guest.waitForURL('**/sign-in*');
        await guest.context().close();
      });
    });
  });

  test('go about with the keyboard alone', async () => {
    const page = await scene.signIn();
    await page.keyboard.press('Tab');
    expect(await focusedText(page)).toBe('Skip to the content');
    await page.keyboard.press('g');
    await page.keyboard.press('s');
    await page.waitForURL('**/sources');
    await page.keyboard.press('j');
    expect(await focusedText(page)).toBe('default');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/sources/default');
    await page.keyboard.press('?');
    await page.getByRole('heading', { name: 'Keyboard' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('heading', { name: 'Keyboard' }).waitFor({ state: 'hidden' });
    await page.waitForFunction('document.activeElement.closest("dialog") === null');
    await page.keyboard.press('g');
    await page.keyboard.press('o');
    await page.getByRole('heading', { name: '2 things need you' }).waitFor();
    await page.context().close();
  });

  test('see new figures without asking, and keep what one is at', async () => {
    const page = await scene.signIn();
    await page.getByText('Live.').waitFor();
    const link = page.getByRole('link', { name: 'The gone one' });
    await link.focus();
    await scene.service.api.tellSubscription(scene.gone, 'pause');
    await page.getByRole('heading', { name: '1 thing needs you' }).waitFor();
    await scene.service.api.tellSubscription(scene.gone, 'resume');
    await page.getByRole('heading', { name: '2 things need you' }).waitFor();
    await page.context().close();
  });

  test('everything works without the script', async () => {
    const page = await scene.open({ scripts: false });
    await page.goto('/sign-in');
    await page.getByLabel('API key').fill(scene.adminKey);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: '2 things need you' }).waitFor();
    await page.getByText(/changes in the last hour/).waitFor();
    await page.goto('/sources/default');
    await page.getByRole('button', { name: 'Read it now' }).click();
    await page.getByText('A poll begins').waitFor();
    await page.context().close();
  });
});

function focusedText(page: Page): Promise<string> {
  return page.evaluate('document.activeElement.textContent');
}
