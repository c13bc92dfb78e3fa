import type { Browser, Page } from 'playwright-core';
import { describe } from 'vitest';
import { desktop, findChromium, openChromium, phone } from '../../support/browser.ts';
import { startInbox } from '../../support/inbox.ts';
import { freshRedisUrl } from '../../support/redis.ts';
import {
  type Cleanup,
  environmentFor,
  type RunningService,
  startService,
} from '../../support/running-service.ts';
import { startSubscriber } from '../../support/subscriber.ts';
import { until } from '../../support/until.ts';

/** A service in a day's work: an inbox in which things happen, and subscribers that take them, refuse them and are gone. */
export interface Scene {
  readonly service: RunningService;
  readonly adminKey: string;
  /** Ids of subscriptions. */
  readonly healthy: string;
  readonly failing: string;
  readonly gone: string;
  /** The `_id` of somebody to whom several things happened, and whose name is an attack. */
  readonly contact: string;
  /** Is to be called when its tests are over: `afterAll` is not heard inside a `beforeAll`. */
  close(): Promise<void>;
  /** What else `close` ends. */
  readonly onClose: Cleanup;
  /** The failing subscriber answers 200 from now on. */
  heal(): void;
  /** A page in a window of its own. */
  open(options?: {
    readonly width?: 'desktop' | 'phone';
    readonly scheme?: 'light' | 'dark';
    readonly scripts?: boolean;
  }): Promise<Page>;
  /** The same, signed in. */
  signIn(...options: Parameters<Scene['open']>): Promise<Page>;
}

/** Without a Chromium these are skipped, and the run says so once (`browser-global-setup.ts`). */
export const describeInBrowser = describe.skipIf(findChromium() === null);

const hostileName = '<script>document.title="hacked"</script>" onmouseover="alert(1)';

export async function openScene(): Promise<Scene> {
  await using opening = new AsyncDisposableStack();
  const onOpening: Cleanup = (clean) => void opening.defer(clean);
  const inbox = await startInbox({ contacts: 30 }, onOpening);
  const env = environmentFor(await freshRedisUrl(), inbox, { DELIVERY_RETRY_SCHEDULE: '1s' });
  const service = await startService(env, { onFinished: onOpening });
  const state = { isHealed: false };
  const statusOf = (name: string) => {
    if (name === 'healthy') return 200;
    if (name === 'gone') return 410;
    return state.isHealed ? 200 : 500;
  };
  const subscribe = async (name: 'healthy' | 'failing' | 'gone') => {
    const { url } = await startSubscriber((_, response) => {
      response.writeHead(statusOf(name), { 'content-type': 'text/plain' }).end(`Answer of ${name}`);
    }, onOpening);
    return service.api.subscribe(url, { description: `The ${name} one` });
  };
  const ids = [await subscribe('healthy'), await subscribe('failing'), await subscribe('gone')];
  const [healthy = '', failing = '', gone = ''] = ids;
  const contact = await stir(service, inbox);
  await until('a failed delivery', async () =>
    (await service.api.deliveries(failing)).some(({ status }) => status === 'failed'),
  );
  await until('a gone subscriber', async () => {
    return (await service.api.subscription(gone)).status === 'disabled';
  });
  const browser = await openChromium();
  opening.defer(() => browser.close());
  const adminKey = env.ADMIN_API_KEY ?? '';
  const open: Scene['open'] = (options) => openPage(browser, service.url, options);
  const closing = opening.move();
  return {
    service,
    adminKey,
    close: () => closing.disposeAsync(),
    onClose: (clean) => void closing.defer(clean),
    healthy,
    failing,
    gone,
    contact,
    open,
    heal() {
      state.isHealed = true;
    },
    async signIn(options) {
      const page = await open(options);
      await page.goto('/sign-in');
      await page.getByLabel('API key').fill(adminKey);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.waitForURL('**/');
      return page;
    },
  };
}

/** Lets several things happen to one contact. */
async function stir(
  service: RunningService,
  { population }: Awaited<ReturnType<typeof startInbox>>,
): Promise<string> {
  await until('the end of the baseline', async () => {
    return (await service.api.source())?.baseline.completedAt;
  });
  const { id } = population.createContact({ name: hostileName, status: 'OPEN' });
  const seen = (type: string) =>
    until(`a ${type}`, async () =>
      (await service.api.events()).some(
        (event) => event.type === type && event.data.contact?._id === id,
      ),
    );
  await seen('contact.created');
  population.agentSetsStatus(id, 'ONHOLD');
  await seen('contact.status_changed');
  return id;
}

async function openPage(
  browser: Browser,
  baseURL: string,
  { width = 'desktop', scheme = 'light', scripts = true }: Parameters<Scene['open']>[0] = {},
): Promise<Page> {
  const viewport = width === 'phone' ? phone : desktop;
  const looks = { viewport, colorScheme: scheme, javaScriptEnabled: scripts };
  const context = await browser.newContext({ baseURL, ...looks });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  return page;
}
