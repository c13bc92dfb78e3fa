import type { Hono } from 'hono';
import { deliveriesPage } from './deliveries-page.ts';
import type { DashboardEnv } from './env.ts';
import { addPage, type PagePorts } from './page.ts';
import { addSubscriptionDeeds } from './subscription-deeds.ts';
import { addEditPage } from './subscription-edit.ts';
import { subscriptionListPage } from './subscription-list-page.ts';
import { addMakePage } from './subscription-make.ts';
import { subscriptionPage } from './subscription-page.ts';
import { addReplayPages } from './subscription-replay.ts';
import { addSecretPages } from './subscription-secret.ts';

/** All that is about subscriptions and their deliveries. `new` comes before what an id could be. */
export function addSubscriptionPages(app: Hono<DashboardEnv>, ports: PagePorts): void {
  addPage(app, ports, subscriptionListPage);
  addMakePage(app, ports);
  addEditPage(app, ports);
  addPage(app, ports, subscriptionPage);
  addPage(app, ports, deliveriesPage);
  addSecretPages(app, ports);
  addReplayPages(app, ports);
  addSubscriptionDeeds(app, ports);
}
