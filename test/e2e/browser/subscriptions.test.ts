import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  listenForComplaints,
  pixelsBeside,
  seriousFindings,
  takePicture,
} from '../../support/browser.ts';
import { startSubscriber, type TestSubscriber } from '../../support/subscriber.ts';
import { describeInBrowser, openScene, type Scene } from './scene.ts';

describeInBrowser('subscriptions', () => {
  let scene: Scene;
  let subscriber: TestSubscriber;
  beforeAll(async () => {
    scene = await openScene();
    subscriber = await startSubscriber(undefined, scene.onClose);
    return scene.close;
  });

  const subscribe = (description: string) =>
    scene.service.api.subscribe(subscriber.url, { description });

  /** A sentence that a page says of what was done. */
  const said = (page: Page, sentence: string | RegExp) =>
    page.getByRole('status').getByText(sentence).waitFor();

  const press = (page: Page, name: string | RegExp) => page.getByRole('button', { name }).click();

  describe.each(['desktop', 'phone'] as const)('on a %s', (width) => {
    async function onPage(act: (page: Page) => Promise<void>, refusals = 0): Promise<void> {
      const page = await scene.signIn({ width });
      const complaints = listenForComplaints(page);
      await act(page);
      expect(await pixelsBeside(page)).toBeLessThanOrEqual(0);
      expect(await seriousFindings(page)).toEqual([]);
      expect(complaints).toHaveLength(refusals);
      await page.context().close();
    }

    test('find the one that fails, and read what its subscriber answered', async () => {
      await onPage(async (page) => {
        await page.getByRole('link', { name: 'Subscriptions', exact: true }).click();
        await page.getByRole('navigation', { name: 'By state' }).getByText('Failing').click();
        await page.getByRole('link', { name: 'The failing one' }).click();
        await page.getByText(/The last .*attempts? failed/).waitFor();
        await page.getByRole('link', { name: 'All deliveries' }).click();
        await page.getByRole('navigation', { name: 'By place' }).getByText('Failed').click();
        await page.locator('.delivery summary').first().click();
        await page.getByText('Answered 500').first().waitFor();
        await page.getByText('Answer of failing').first().waitFor();
        await page
          .getByText(/^First byte/)
          .first()
          .waitFor();
        await takePicture(page, `delivery-open-${width}`);
      });
    });

    test('make one with a filter that is seen at work first, keep its secret, and send a test', async () => {
      await onPage(async (page) => {
        await page.goto('/subscriptions');
        await page.getByRole('link', { name: 'New subscription' }).click();
        await page.getByLabel('Name').fill(`Made on a ${width}`);
        await page.getByLabel('Address').fill(subscriber.url);
        await page.getByLabel('Filter', { exact: true }).fill('{ "contact.status": "ONHOLD" }');
        await press(page, 'Try the filter');
        await page.getByText(/^1 of the \d+ latest events would be sent\.$/).waitFor();
        await takePicture(page, `filter-tried-${width}`);
        await press(page, 'Make it');
        const secret = await page.locator('#secret').textContent();
        expect(secret).toMatch(/^whsec_/);
        await press(page, 'Copy');
        await page.getByRole('button', { name: /Copied|Selected/ }).waitFor();
        await press(page, 'Send a test');
        await said(page, 'A test is on its way.');
        await page.getByText('Answered 204').first().waitFor();
        expect(await page.content()).not.toContain(secret);
      });
    });

    test('what does not fit is said at its field, and nothing that was written is lost', async () => {
      await onPage(async (page) => {
        await page.goto('/subscriptions/new');
        await page.getByLabel('Name').fill('Kept');
        await page.getByLabel('Address').fill('http://10.0.0.1/');
        await press(page, 'Make it');
        const address = page.getByLabel('Address');
        await page.getByText(/^Must not lead to a private address/).waitFor();
        expect(await address.getAttribute('aria-invalid')).toBe('true');
        expect(await page.evaluate('document.activeElement.id')).toBe('url');
        expect(await page.getByLabel('Name').inputValue()).toBe('Kept');
      }, 1);
    });

    test('replay an hour: first how many, then again', async () => {
      await onPage(async (page) => {
        await page.goto(`/subscriptions/${scene.healthy}`);
        await page.getByRole('link', { name: 'Replay' }).click();
        await page.getByLabel('What is delivered again').selectOption('hour');
        await press(page, 'Count them');
        const heading = page.getByRole('heading', { level: 1 });
        const [, count = ''] = /^(\d+) deliver/.exec((await heading.textContent()) ?? '') ?? [];
        expect(Number(count)).toBeGreaterThan(0);
        await press(page, /^Deliver .* again$/);
        await said(page, new RegExp(`^${count} deliver(y|ies) will be made again\\.$`));
      });
    });

    test('pause one, and resume it', async () => {
      const id = await subscribe(`Paused on a ${width}`);
      await onPage(async (page) => {
        await page.goto(`/subscriptions/${id}`);
        await press(page, 'Pause');
        await said(page, 'This subscription is paused.');
        await page.getByText('It is paused, so nothing is sent.').waitFor();
        await press(page, 'Resume');
        await said(page, 'This subscription is active again.');
      });
    });

    test('rotate a secret, and delete the subscription', async () => {
      const id = await subscribe(`Deleted on a ${width}`);
      await onPage(async (page) => {
        await page.goto(`/subscriptions/${id}`);
        await page.getByRole('link', { name: 'Rotate the secret' }).click();
        await page.getByLabel(/^How long the present secret/).selectOption('1 hour');
        await press(page, 'Make a new secret');
        expect(await page.locator('#secret').textContent()).toMatch(/^whsec_/);
        await page.getByRole('link', { name: 'To the subscription' }).click();
        await page.getByRole('link', { name: 'Delete' }).click();
        await press(page, 'Delete this subscription');
        await said(page, 'It is deleted.');
        await page.getByRole('searchbox').fill(`Deleted on a ${width}`);
        await press(page, 'Search');
        await page.getByText(/^Nothing is found/).waitFor();
      });
    });
  });
});
