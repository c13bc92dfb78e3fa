import type { Context } from 'hono';
import { html } from 'hono/html';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { hasScope } from '#domain/api-key.ts';
import type { Html } from './components.ts';
import type { DashboardEnv, SignedIn } from './env.ts';
import { actionForm } from './forms.ts';

export const sections = {
  overview: { name: 'Overview', path: '/', key: 'o' },
  sources: { name: 'Sources', path: '/sources', key: 's' },
  subscriptions: { name: 'Subscriptions', path: '/subscriptions', key: 'u' },
  events: { name: 'Events', path: '/events', key: 'e' },
  keys: { name: 'Keys', path: '/keys', key: 'k' },
} as const;
export type Section = keyof typeof sections;

export interface PageParts {
  readonly title: string;
  /** Null on pages that belong to no part, such as the sign-in. */
  readonly section: Section | null;
  /** Begins with an `h1`. */
  readonly body: Html;
  /** What was done just now. */
  readonly notice?: Html | null;
  readonly plots?: boolean;
  /** Given on pages that are live: what the stream is told besides the page's own address. */
  readonly liveQuery?: Readonly<Record<string, string>> | null;
  /** For pages that try again by themselves, also without the script. */
  readonly refreshSeconds?: number;
}

export type PageStatus = ContentfulStatusCode;

/** Answers with a page. */
export async function showPage(
  c: Context<DashboardEnv>,
  parts: PageParts,
  status: PageStatus = 200,
): Promise<Response> {
  const { assets } = c.var;
  const signedIn = c.var.signedIn as SignedIn | undefined;
  const { section, refreshSeconds, plots = false, liveQuery = null } = parts;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${refreshSeconds === undefined ? '' : html`<meta http-equiv="refresh" content="${refreshSeconds}">`}
<title>${parts.title} · inbox-notifier</title>
<link rel="icon" href="${assets.url('favicon.svg')}">
${plots ? html`<link rel="stylesheet" href="${assets.url('uPlot.min.css')}">` : ''}
<link rel="stylesheet" href="${assets.url('dashboard.css')}">
${plots ? html`<script defer src="${assets.url('uPlot.iife.min.js')}"></script>` : ''}
<script defer src="${assets.url('dashboard.js')}"></script>
</head>
<body${liveQuery === null ? '' : html` data-live-source="${livePathOf(c, liveQuery)}"`}>
<a class="skip" href="#content">Skip to the content</a>
${header(section, signedIn)}
<main id="content" tabindex="-1">
${parts.notice ?? ''}
${parts.body}
</main>
${signedIn === undefined ? '' : footer(signedIn)}
${keyboardHelp()}
</body>
</html>`;
  return c.html(page, status);
}

function livePathOf(c: Context, query: Readonly<Record<string, string>>): string {
  const { pathname, searchParams } = new URL(c.req.url);
  for (const [name, value] of Object.entries(query)) searchParams.set(name, value);
  const path = `/live${pathname === '/' ? '/overview' : pathname}`;
  return searchParams.size === 0 ? path : `${path}?${searchParams}`;
}

function header(section: Section | null, signedIn: SignedIn | undefined): Html {
  if (signedIn === undefined) {
    return html`<header class="top"><p class="brand">inbox-notifier</p></header>`;
  }
  const links = Object.entries(sections)
    .filter(([name]) => name !== 'keys' || hasScope(signedIn.principal, ['admin']))
    .map(([name, { name: label, path, key }]) => {
      const current = name === section ? html` aria-current="page"` : '';
      return html`<li><a href="${path}" data-key="${key}"${current}>${label}</a></li>`;
    });
  return html`<header class="top">
<p class="brand"><a href="/">inbox-notifier</a></p>
<nav aria-label="Main"><ul>${links}</ul></nav>
${actionForm(signedIn, { action: '/sign-out', label: 'Sign out' })}
</header>`;
}

function footer({ principal }: SignedIn): Html {
  return html`<footer>
<p>Signed in with the key <b>${principal.name}</b>. <span data-live-state></span></p>
<p><a href="/docs">API reference</a> <button type="button" class="link" data-help hidden>Keyboard</button></p>
</footer>`;
}

function keyboardHelp(): Html {
  const rows = [
    ...Object.values(sections).map(({ key, name }) => [`g ${key}`, name] as const),
    ['/', 'Search'] as const,
    ['j', 'Next row'] as const,
    ['k', 'Previous row'] as const,
    ['?', 'This list'] as const,
  ];
  return html`<dialog id="keyboard" aria-labelledby="keyboard-title">
<h2 id="keyboard-title">Keyboard</h2>
<dl class="facts">${rows.map(([keys, what]) => html`<div><dt><kbd>${keys}</kbd></dt><dd>${what}</dd></div>`)}</dl>
<form method="dialog"><button>Close</button></form>
</dialog>`;
}
