import type { Browser, DashboardUnderTest } from './dashboard-under-test.ts';

/** A new subscription, made over the API; answers its id. */
export async function create(
  { api }: DashboardUnderTest,
  changes: Readonly<Record<string, unknown>> = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<string> {
  api.nowMs += 1000;
  const body = { url: 'https://example.com/hook', events: ['contact.created'], ...changes };
  const { status, text, json } = await api.call('POST', '/v1/subscriptions', { body, headers });
  if (status !== 201) throw new Error(text);
  return json.id;
}

/** The rows of a page's first table, without its head. */
export function rowsOf(text: string): string[] {
  const [, body = ''] = /<tbody>(.*?)<\/tbody>/s.exec(text) ?? [];
  return body.split('</tr>').filter((row) => row.includes('<tr>'));
}

/** Opens the page that a form's answer leads to. */
export async function follow(
  browser: Browser,
  answer: { readonly status: number; readonly headers: Headers },
): Promise<string> {
  const to = answer.headers.get('location');
  if (answer.status !== 303 || to === null) throw new Error(`${answer.status} leads nowhere.`);
  return (await browser.get(to)).text;
}

type Fields = Readonly<Record<string, string>>;

/** As the form stands when nothing of it was changed. */
export const blank: Fields = {
  intent: 'save',
  description: '',
  url: 'https://example.com/in',
  events: 'contact.created',
  sources: '',
  filter: '',
  format: 'standard',
  template: '',
  contentType: '',
  ordering: 'none',
  maxInFlight: '8',
  ratePerSecond: '',
  headers: '',
};

/** What a form holds unseen under a name. */
export function hidden(text: string, name: string): string {
  const raw = new RegExp(`name="${name}" value="([^"]*)"`).exec(text)?.[1] ?? '';
  return raw.replaceAll('&quot;', '"').replaceAll('&amp;', '&');
}

/** Fills in and sends the form at a path, with what it holds unseen. */
export async function send(browser: Browser, path: string, fields: Fields) {
  const { text } = await browser.get(path);
  const [token, tried] = [hidden(text, 'token'), hidden(text, 'tried')];
  return browser.submit(path, { ...blank, token, tried, ...fields });
}

/** Sends the form once more, as it came back. */
export function sendAgain(
  browser: Browser,
  path: string,
  { text }: { text: string },
  fields: Fields,
) {
  const [token, tried] = [hidden(text, 'token'), hidden(text, 'tried')];
  return browser.submit(path, { ...blank, token, tried, ...fields });
}

/** What stands at a field as wrong with it. */
export function errorAt(text: string, name: string): string {
  return new RegExp(`id="${name}-error">([^<]*)`).exec(text)?.[1] ?? '';
}
