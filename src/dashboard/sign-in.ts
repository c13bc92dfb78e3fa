import { createHash } from 'node:crypto';
import type { Context, Hono } from 'hono';
import { html } from 'hono/html';
import type { Principal } from '#domain/api-key.ts';
import type { Sessions } from '#store/sessions.ts';
import { type Html, notice } from './components.ts';
import type { DashboardEnv } from './env.ts';
import type { FailedSignIns } from './failed-sign-ins.ts';
import { showPage } from './layout.ts';
import { clearSessionCookie, readSessionCookie, redisAway, writeSessionCookie } from './session.ts';

export interface SignInPorts {
  readonly sessions: Sessions;
  /** Whose a key is; null for none that is known. */
  readonly authenticate: (key: string) => Promise<Principal | null>;
  readonly isReady: () => Promise<boolean>;
  readonly failedSignIns: FailedSignIns;
  /** Who asks, as far as the connection tells. */
  readonly peerOf: (c: Context) => string;
  readonly randomBytes: (count: number) => Buffer;
}

export function signInRoutes(app: Hono<DashboardEnv>, ports: SignInPorts): void {
  const { sessions, failedSignIns } = ports;

  app.get('/sign-in', (c) => {
    const to = ownPath(c.req.query('to'), c.req.url);
    return showPage(c, { title: 'Sign in', section: null, body: signInForm(to, null) });
  });

  app.post('/sign-in', async (c) => {
    const form = await c.req.parseBody();
    const to = ownPath(form.to, c.req.url);
    const peer = ports.peerOf(c);
    const refuse = (status: 401 | 429, sentence: string) =>
      showPage(c, { title: 'Sign in', section: null, body: signInForm(to, sentence) }, status);
    if (!(await ports.isReady())) throw redisAway();
    const key = typeof form.key === 'string' ? form.key.trim() : '';
    const principal = key === '' ? null : await ports.authenticate(key);
    if (principal === null) {
      // Only wrong keys: behind a proxy all come from one address, and nobody may keep the others out.
      if (failedSignIns.areTooMany(peer)) {
        return refuse(429, 'Too many wrong keys came from here. Wait a minute, then try again.');
      }
      failedSignIns.add(peer);
      return refuse(401, 'This key is not known, or was revoked. Check that all of it was copied.');
    }
    // A token of its own for every sign-in: one that somebody planted before is worth nothing.
    const token = ports.randomBytes(32).toString('base64url');
    await sessions.begin(token, createHash('sha256').update(key).digest('hex'));
    writeSessionCookie(c, token);
    return c.redirect(to, 303);
  });

  app.post('/sign-out', async (c) => {
    const token = readSessionCookie(c);
    if (token !== null) await sessions.end(token);
    clearSessionCookie(c);
    return c.redirect('/sign-in', 303);
  });
}

function signInForm(to: string, problem: string | null): Html {
  return html`<div class="narrow">
<h1>Sign in</h1>
${problem === null ? '' : notice('bad', problem)}
<form method="post" action="/sign-in" class="stack">
<input type="hidden" name="to" value="${to}">
<label for="key">API key</label>
<input id="key" name="key" type="password" required autocomplete="current-password" spellcheck="false" autofocus aria-describedby="key-help">
<p id="key-help" class="help">The value of <code>ADMIN_API_KEY</code>, or a key that an admin made. You see what this key may see.</p>
<button class="main">Sign in</button>
</form>
</div>`;
}

/** Only a path of this dashboard, never another site. */
function ownPath(to: unknown, ownUrl: string): string {
  if (typeof to !== 'string' || !URL.canParse(to, ownUrl)) return '/';
  const { origin, pathname, search } = new URL(to, ownUrl);
  const isOwn =
    origin === new URL(ownUrl).origin && to.startsWith('/') && !pathname.startsWith('//');
  return isOwn ? `${pathname}${search}` : '/';
}
