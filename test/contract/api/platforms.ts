import { stripTypeScriptTypes } from 'node:module';
import { runInThisContext } from 'node:vm';
import { codeBlock } from '../../support/doc-code.ts';
import type { Answer, ApiUnderTest } from './api-under-test.ts';

// Stand-ins of Zapier, Make and n8n after their documentation: they run the code that docs/hooks.md shows.

const page = 'docs/hooks.md';
export const baseUrl = 'https://notifier.example.com';

type Json = Record<string, unknown>;

interface PlatformRequest {
  readonly url: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly params?: Readonly<Record<string, string>>;
}

/** What a platform asks over HTTP, asked of the API under test. */
async function ask(api: ApiUnderTest, request: PlatformRequest): Promise<Answer> {
  const { method = 'GET', headers = {}, body, params = {} } = request;
  const url = new URL(request.url);
  if (url.origin !== baseUrl) throw new Error(`${url.origin} is not the service.`);
  for (const [name, value] of Object.entries(params)) url.searchParams.set(name, value);
  const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
  return api.call(method, url.pathname + url.search, { headers: Object.fromEntries(lower), body });
}

interface ZapierBundle {
  readonly authData: { readonly baseUrl: string; readonly apiKey: string };
  readonly inputData: Json;
  readonly targetUrl?: string;
  readonly subscribeData?: Json;
  readonly cleanedRequest?: Json;
}

type ZapierFunction<T> = (z: object, bundle: ZapierBundle) => T;

interface ZapierOperation {
  readonly performSubscribe: ZapierFunction<Promise<Json>>;
  readonly performUnsubscribe: ZapierFunction<Promise<Json>>;
  readonly perform: ZapierFunction<Json[]>;
  readonly performList: ZapierFunction<Promise<Json[]>>;
}

/** `z.request` throws for a status of 400 and more unless told otherwise, and parses what comes. */
export function zapier(api: ApiUnderTest) {
  const loaded: { exports?: { operation: ZapierOperation } } = {};
  runInThisContext(`(module) => {${codeBlock(page, 'zapier-trigger')}}`)(loaded);
  if (loaded.exports === undefined) throw new Error('The trigger exports nothing.');
  const z = {
    async request(options: PlatformRequest & { readonly skipThrowForStatus?: boolean }) {
      const { status, json } = await ask(api, options);
      if (status >= 400 && options.skipThrowForStatus !== true) throw new Error(`Got ${status}.`);
      return { status, data: json };
    },
  };
  return { z, operation: loaded.exports.operation };
}

interface MakeProcedure extends PlatformRequest {
  readonly response?: { readonly data: Readonly<Record<string, string>> };
}

/** Runs a remote procedure: `{{…}}` is replaced, and `response.data` is what `webhook` holds afterwards. */
export async function runMake(api: ApiUnderTest, name: string, scope: Json) {
  const { response, ...request } = JSON.parse(codeBlock(page, name)) as MakeProcedure;
  const answer = await ask(api, fill(request, scope) as PlatformRequest);
  if (answer.status >= 400) throw new Error(`Got ${answer.status}.`);
  const data = fill(response?.data ?? {}, { ...scope, body: answer.json }) as Json;
  return { status: answer.status, data };
}

/** A placeholder that is all of a text keeps the type of its value, as in IML. */
function fill(value: unknown, scope: Json): unknown {
  if (typeof value === 'string') {
    const whole = /^\{\{([\w.]+)\}\}$/.exec(value)?.[1];
    if (whole !== undefined) return lookUp(scope, whole);
    return value.replace(/\{\{([\w.]+)\}\}/g, (_, path: string) => String(lookUp(scope, path)));
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, fill(each, scope)]));
}

function lookUp(scope: Json, path: string): unknown {
  return path.split('.').reduce<unknown>((at, name) => (at as Json)[name], scope);
}

interface N8nCredential {
  readonly authenticate: {
    readonly properties: { readonly headers: Readonly<Record<string, string>> };
  };
}

interface N8nTrigger {
  readonly webhookMethods: {
    readonly default: Readonly<Record<'checkExists' | 'create' | 'delete', () => Promise<boolean>>>;
  };
  readonly webhook: () => Promise<{ workflowData: unknown[][] }>;
}

export interface N8nNode {
  readonly webhookUrl: string;
  readonly event: string;
  readonly apiKey: string;
  /** What n8n keeps for the node between activations. */
  readonly staticData: Json;
}

/** The node as n8n calls it: each method with itself as `this`. */
export async function n8n(api: ApiUnderTest, node: N8nNode) {
  const { InboxNotifierTrigger } = await loadTypeScript('n8n-trigger');
  const { InboxNotifierApi } = await loadTypeScript('n8n-credential');
  const { authenticate } = new InboxNotifierApi() as N8nCredential;
  const { webhookMethods, webhook } = new InboxNotifierTrigger() as N8nTrigger;
  const self = {
    getWorkflowStaticData: () => node.staticData,
    getNodeWebhookUrl: () => node.webhookUrl,
    getNodeParameter: () => node.event,
    getCredentials: async () => ({ baseUrl, apiKey: node.apiKey }),
    helpers: {
      async httpRequestWithAuthentication(_credential: string, request: PlatformRequest) {
        // A text that begins with `=` holds expressions.
        const written = JSON.stringify(authenticate.properties.headers).replaceAll('"=', '"');
        const headers = JSON.parse(written.replaceAll('{{$credentials.apiKey}}', node.apiKey));
        const { status, json } = await ask(api, { ...request, headers });
        if (status >= 400) throw new Error(`Got ${status}.`);
        return json;
      },
      returnJsonArray: (data: unknown) => [{ json: data }],
    },
  };
  const { checkExists, create, delete: remove } = webhookMethods.default;
  return {
    checkExists: () => checkExists.call(self),
    create: () => create.call(self),
    delete: () => remove.call(self),
    receive: (body: unknown) => webhook.call({ ...self, getBodyData: () => body }),
  };
}

/** A block of the page as the module that it is; its imports are types alone. */
async function loadTypeScript(name: string) {
  const code = stripTypeScriptTypes(codeBlock(page, name));
  return import(`data:text/javascript,${encodeURIComponent(code)}`);
}
