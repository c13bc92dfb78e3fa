import type { Provider } from '#domain/source.ts';

interface ProviderDefaults {
  /** The API root, without `/inbox/users`. */
  readonly baseUrl: string;
  /** What this provider wants beside `Authorization` and `Content-Type`. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Twins under different names: the same endpoint, and only BotPenguin documents `authtype`. */
export const providers: Readonly<Record<Provider, ProviderDefaults>> = {
  botpenguin: { baseUrl: 'https://api.v7.botpenguin.com', headers: { authtype: 'Key' } },
  reekolect: { baseUrl: 'https://api-v7.express-chat.com', headers: {} },
};
