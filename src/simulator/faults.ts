import type { Fault } from './settings.ts';

interface Sound {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/**
 * Sends the answer, or what a bad day makes of it. `hang` answers nothing until the asker gives up, so a caller without a
 * signal waits for ever.
 */
export async function spoil(
  fault: Fault | null,
  { status, headers, body }: Sound,
  signal: AbortSignal,
): Promise<Response> {
  if (fault === 'hang') {
    await aborted(signal);
    return new Response(null, { status: 499 });
  }
  if (fault === 'html') {
    headers.set('content-type', 'text/html; charset=utf-8');
    return new Response(maintenancePage, { status: 200, headers });
  }
  if (fault === 'cut') {
    // A length that is never reached: over a connection the asker sees it end too early.
    headers.set('content-length', String(Buffer.byteLength(body)));
    headers.set('connection', 'close');
    const half = Buffer.from(body).subarray(0, Math.floor(body.length / 2));
    return new Response(half, { status, headers });
  }
  return new Response(body, { status, headers });
}

const maintenancePage = '<!doctype html><html><body><h1>We will be right back</h1></body></html>\n';

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
