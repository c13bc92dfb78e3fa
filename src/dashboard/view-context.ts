import type { Principal } from '#domain/api-key.ts';
import type { Html } from './components.ts';

/** What every view is handed besides its data. */
export interface ViewContext {
  readonly principal: Principal;
  readonly csrfToken: string;
  readonly nowMs: number;
  /** Marks what is sent again, when it has changed, while somebody looks. Names are unique on their page. */
  live(name: string, content: Html): Html;
}
