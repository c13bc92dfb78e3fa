import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  listenForComplaints,
  pixelsBeside,
  seriousFindings,
  takePicture,
} from '../../support/browser.ts';
import { describeInBrowser, openScene, type Scene } from './scene.ts';

describeInBrowser('events', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await openScene();
    return scene.close;
  });

  /** The page of the event of a type that the scene's contact went through. */
  async function openEvent(page: Page, type: string): Promise<void> {
    await page.goto(`/events?type=${type}&contact=${scene.contact}`);
    await page.locator('main tbody tr a').first().click();
    await page.waitForURL('**/events/evt_*');
  }

  describe.each(['desktop', 'phone'] as const)('on a %s', (width) => {
    async function onPage(act: (page: Page) => Promise<void>): Promise<void> {
      const page = await scene.signIn({ width });
      const complaints = listenForComplaints(page);
      await act(page);
      expect(await pixelsBeside(page)).toBeLessThanOrEqual(0);
      expect(complaints).toEqual([]);
      await page.context().close();
    }

    test('find the change of a status among all events, and read what it was', async () => {
      await onPage(async (page) => {
        await page.getByRole('link', { name: 'Events', exact: true }).click();
        await page.getByLabel('Type').selectOption('Status changed');
        await page.getByRole('button', { name: 'Show' }).click();
        await page.getByRole('link', { name: 'went from OPEN to ONHOLD' }).first().click();
        await page.getByRole('heading', { name: 'Status changed', level: 1 }).waitFor();
        const change = page.getByRole('row', { name: 'Status' });
        expect(await change.textContent()).toMatch(/OPEN\s*ONHOLD/);
        await page.getByText(/^It happened .* and was noticed/).waitFor();
      });
    });

    test('search for a name that is an attack, and read the story of who has it', async () => {
      await onPage(async (page) => {
        await page.keyboard.press('/');
        await page.getByRole('searchbox').fill('document.title');
        await page.keyboard.press('Enter');
        await page.getByRole('link', { name: '<script>' }).click();
        await page.waitForURL(`**/contacts/default/${scene.contact}`);
        const story = page.locator('.story > li');
        expect(await story.count()).toBe(2);
        expect(await story.first().textContent()).toContain('went from OPEN to ONHOLD');
        expect(await page.title()).not.toBe('hacked');
        await takePicture(page, `story-${width}`);
      });
    });

    test('see to whom an event went, and send it again to one of them', async () => {
      await onPage(async (page) => {
        await openEvent(page, 'contact.status_changed');
        await page.getByRole('row', { name: 'The healthy one' }).getByText('Delivered').waitFor();
        await page.getByText('Deliver it again').first().click();
        await page.getByLabel('To which subscription').fill(scene.healthy);
        expect(await seriousFindings(page)).toEqual([]);
        await page.getByRole('button', { name: 'Deliver it again' }).click();
        await page.getByText('1 delivery will be made again.').waitFor();
        const delivered = page.getByRole('row', { name: 'The healthy one' }).getByText('Delivered');
        await delivered.waitFor();
      });
    });

    test('unfold the whole event with the keyboard alone', async () => {
      await onPage(async (page) => {
        await openEvent(page, 'contact.created');
        const hidden = page.getByText('"_agency"');
        expect(await hidden.isVisible()).toBe(false);
        await page.locator('.json summary', { hasText: '"contact"' }).first().focus();
        await page.keyboard.press('Enter');
        await hidden.waitFor({ state: 'visible' });
      });
    });

    test('an id leads straight to its page, and one that is not there is said not to be', async () => {
      await onPage(async (page) => {
        await page.goto('/search');
        await page.getByRole('searchbox').fill(scene.failing);
        await page.getByRole('button', { name: 'Search' }).click();
        await page.waitForURL(`**/subscriptions/${scene.failing}`);
        await page.goto('/search?q=evt_nobody');
        await page.getByText('There is no event evt_nobody.').waitFor();
        expect(await seriousFindings(page)).toEqual([]);
      });
    });

    test('what happens while somebody reads is counted, and moves nothing', async () => {
      await onPage(async (page) => {
        await page.goto('/events?type=subscription.test');
        await page.getByText('Live.').waitFor();
        const top = () =>
          page.locator('main > :last-child').evaluate((last) => last.getBoundingClientRect().top);
        const before = await top();
        await scene.service.api.tellSubscription(scene.healthy, 'test', {});
        const news = page.getByRole('link', { name: '1 new event: show it' });
        await news.waitFor();
        expect(await top()).toBe(before);
        await news.click();
        await page
          .getByRole('link', { name: `A test was sent to subscription ${scene.healthy}.` })
          .first()
          .waitFor();
      });
    });
  });

  test('without scripts everything is there that is read and sent', async () => {
    const page = await scene.signIn({ scripts: false });
    await openEvent(page, 'contact.status_changed');
    await page.getByRole('link', { name: 'This contact’s story' }).click();
    expect(await page.locator('.story > li').count()).toBe(2);
    await page.context().close();
  });
});
