import { type Context, Hono } from 'hono';
import { z } from 'zod';

import { errorBody } from './errors.ts';
import { type Population, UnknownContactError } from './population.ts';
import { toRecord } from './record.ts';
import type { RequestLog } from './request-log.ts';
import { platforms } from './shop.ts';

const newContact = z.strictObject({
  platform: z.enum(platforms).exactOptional(),
  status: z.string().min(1).exactOptional(),
  name: z.string().exactOptional(),
  email: z.string().exactOptional(),
  tags: z.array(z.string()).exactOptional(),
  segments: z.array(z.string()).exactOptional(),
  agent: z.string().min(1).nullable().exactOptional(),
  isImported: z.boolean().exactOptional(),
  text: z.string().exactOptional(),
});
const newMessage = z.strictObject({ text: z.string().optional() });
const newStatus = z.strictObject({ status: z.string().min(1) });
const newAgent = z.strictObject({ agent: z.string().min(1).nullable() });
const howMany = z.strictObject({ count: z.int().min(1) });
const truthQuery = z.object({ since: z.iso.datetime({ offset: true }).optional() });

/**
 * What no real inbox offers: looking behind the scenes and making things happen, for people and for tests in another
 * process. Without a token, which is why the simulator listens on the loopback address unless told otherwise.
 */
export function controlRoutes(deps: {
  readonly population: Population;
  readonly requests: RequestLog;
  readonly seed: number;
  /** The inbox's own clock, epoch ms. */
  readonly now: () => number;
}): Hono {
  const { population, requests, seed, now } = deps;
  const controls = new Hono();

  function show(c: Context, id: string, status: 200 | 201 = 200) {
    const contact = population.find(id);
    if (contact === undefined) throw new UnknownContactError(id);
    return c.json(toRecord(contact, seed, now()), status);
  }

  // People watch this one to see the inbox move, so it too brings everything up to now.
  controls.get('/truth', (c) => {
    population.advanceTo(now());
    const { since } = truthQuery.parse(c.req.query());
    const fromMs = since === undefined ? Number.NEGATIVE_INFINITY : Date.parse(since);
    return c.json(population.truth.filter(({ at }) => Date.parse(at) >= fromMs));
  });
  controls.get('/requests', (c) =>
    c.json({ busiestMinute: requests.busiestMinute(), received: requests.received }),
  );
  controls.get('/contacts/:id', (c) => {
    population.advanceTo(now());
    return show(c, c.req.param('id'));
  });
  controls.post('/contacts', async (c) => {
    const wishes = await readBody(c, newContact);
    return show(c, population.createContact(wishes).id, 201);
  });
  controls.post('/contacts/:id/message', async (c) => {
    const { text } = await readBody(c, newMessage);
    population.visitorWrites(c.req.param('id'), text);
    return show(c, c.req.param('id'));
  });
  controls.post('/contacts/:id/status', async (c) => {
    const { status } = await readBody(c, newStatus);
    population.agentSetsStatus(c.req.param('id'), status);
    return show(c, c.req.param('id'));
  });
  controls.post('/contacts/:id/agent', async (c) => {
    const { agent } = await readBody(c, newAgent);
    population.assign(c.req.param('id'), agent);
    return show(c, c.req.param('id'));
  });
  controls.delete('/contacts/:id', (c) => {
    population.remove(c.req.param('id'));
    return c.body(null, 204);
  });
  controls.post('/bulk-close', async (c) => {
    const { count } = await readBody(c, howMany);
    return c.json({ closed: population.bulkClose(count) });
  });
  controls.onError((error, c) => {
    if (error instanceof UnknownContactError) return c.json(errorBody(404, error.message), 404);
    if (error instanceof z.ZodError) return c.json(errorBody(400, z.prettifyError(error)), 400);
    if (error instanceof SyntaxError) return c.json(errorBody(400, error.message), 400);
    throw error;
  });
  return controls;
}

/** An empty body is an empty object. */
async function readBody<T>(c: Context, schema: z.ZodType<T>): Promise<T> {
  const text = await c.req.text();
  return schema.parse(JSON.parse(text === '' ? '{}' : text));
}
