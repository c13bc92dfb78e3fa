import type { Context } from 'hono';
import type { Principal } from '#domain/api-key.ts';
import type { ApiClient } from './api-client.ts';

/** Somebody who is signed in. */
export interface SignedIn {
  readonly principal: Principal;
  readonly csrfToken: string;
  /** What the cookie holds. */
  readonly token: string;
}

/** What travels with a request to the dashboard. `signedIn` and `api` are there on every page but the sign-in. */
export interface DashboardEnv {
  Variables: {
    assets: { url(name: string): string };
    signedIn: SignedIn;
    api: ApiClient;
  };
}

export type DashboardContext = Context<DashboardEnv>;
