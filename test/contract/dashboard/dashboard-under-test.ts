import { randomBytes } from 'node:crypto';
import type { ApiPorts } from '#api/app.ts';
import { createAuthentication } from '#api/auth.ts';
import { createDashboard, type Dashboard, type DashboardPorts } from '#dashboard/dashboard.ts';
import type { KeyScope } from '#domain/api-key.ts';
import { silentLog } from '../../support/stage.ts';
import { type ApiUnderTest, adminKey, openApi } from '../api/api-under-test.ts';

export { adminKey };

export const origin = 'http://dashboard.test';

export interface Shown {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** What a browser does: keeps cookies, says where its forms come from, follows no redirect by itself. */
export interface Browser {
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Shown>;
  /** Sends a form, with the CSRF token of the page seen last unless `fields` holds another. */
  submit(
    path: string,
    fields?: Readonly<Record<string, string>>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Shown>;
  signIn(key?: string): Promise<Shown>;
  /** As the next request sends them. */
  cookies: Map<string, string>;
}

export interface DashboardUnderTest {
  readonly dashboard: Dashboard;
  /** The API behind it, with the clock of both. */
  readonly api: ApiUnderTest;
  open(): Browser;
  /** A browser that is signed in, with the admin's key or a new one of these scopes. */
  signedIn(...scopes: KeyScope[]): Promise<Browser>;
  /** Answers the text of a new key. */
  makeKey(...scopes: KeyScope[]): Promise<{ readonly id: string; readonly key: string }>;
}

/** The dashboard over the real API and store, in an empty database. */
export async function openDashboard(
  changes: Partial<DashboardPorts> = {},
  apiChanges: Partial<ApiPorts> = {},
): Promise<DashboardUnderTest> {
  const api = await openApi(apiChanges);
  const { apiKeys, sessions } = api.store;
  const now = () => api.nowMs;
  const isReady = async () => true;
  const dashboard = createDashboard({
    ...createAuthentication({ adminKey, apiKeys, isReady, now }),
    api: api.app,
    sessions,
    isReady,
    peerOf: () => '192.0.2.1',
    wait: async () => {},
    randomBytes,
    newId: () => 'an-id',
    now,
    log: silentLog,
    ...changes,
  });
  const open = () => openBrowser(dashboard);
  const makeKey = async (...scopes: KeyScope[]) => {
    const { json } = await api.call('POST', '/v1/keys', { body: { name: 'A test', scopes } });
    return json;
  };
  return {
    dashboard,
    api,
    open,
    makeKey,
    async signedIn(...scopes) {
      const browser = open();
      await browser.signIn(scopes.length === 0 ? adminKey : (await makeKey(...scopes)).key);
      return browser;
    },
  };
}

function openBrowser(dashboard: Dashboard): Browser {
  const cookies = new Map<string, string>();
  let csrf = '';
  const send = async (
    path: string,
    init: RequestInit,
    headers: Readonly<Record<string, string>>,
  ) => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const request = new Request(new URL(path, origin), {
      ...init,
      headers: sentHeaders({ accept: 'text/html', cookie, ...headers }),
    });
    const answer = await dashboard.fetch(request);
    for (const set of answer.headers.getSetCookie()) keepCookie(cookies, set);
    const text = await answer.text();
    csrf = /name="csrf" value="([^"]+)"/.exec(text)?.[1] ?? csrf;
    return { status: answer.status, headers: answer.headers, text };
  };
  const submit: Browser['submit'] = (path, fields = {}, headers = {}) =>
    send(
      path,
      { method: 'POST', body: new URLSearchParams({ csrf, ...fields }) },
      { origin, 'sec-fetch-site': 'same-origin', host: new URL(origin).host, ...headers },
    );
  return {
    cookies,
    submit,
    get: (path, headers = {}) => send(path, {}, headers),
    async signIn(key = adminKey) {
      const answer = await submit('/sign-in', { key });
      // Any page has a form, and so the token.
      if (answer.status === 303) await send('/', {}, {});
      return answer;
    },
  };
}

function keepCookie(cookies: Map<string, string>, set: string): void {
  const [pair = '', ...attributes] = set.split('; ');
  const [name = '', value = ''] = pair.split('=');
  if (attributes.includes('Max-Age=0')) cookies.delete(name);
  else cookies.set(name, value);
}

/** Those that are empty are left out. */
function sentHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== ''));
}
