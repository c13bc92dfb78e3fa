import { type Context, Hono } from 'hono';
import { z } from 'zod';

import { UnknownContactError } from './commands.ts';
import { errorBody } from './errors.ts';
import type { Population } from './population.ts';
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
const flag = z.strictObject({ active: z.boolean() });
const edit = z.strictObject({
  name: z.string().exactOptional(),
  email: z.string().exactOptional(),
  phone: z.strictObject({ prefix: z.string(), number: z.string() }).exactOptional(),
  tags: z.array(z.string()).exactOptional(),
  segments: z.array(z.string()).exactOptional(),
  attributes: z.array(z.strictObject({ key: z.string(), value: z.string() })).exactOptional(),
  isSubscriber: z.boolean().exactOptional(),
  isUserBlocked: z.boolean().exactOptional(),
  unreadMessages: z.int().min(0).exactOptional(),
  notes: z.array(z.string()).exactOptional(),
  summary: z.string().nullable().exactOptional(),
});
const newStamp = z.strictObject({
  updatedAt: z.iso.datetime({ offset: true }),
  status: z.string().min(1).optional(),
});
const newStatus = z.strictObject({ status: z.string().min(1) });
const newAgent = z.strictObject({ agent: z.string().min(1).nullable() });
const howMany = z.strictObject({ count: z.int().min(1) });
const newPageSize = z.strictObject({ pageSize: z.int().min(1) });
const truthQuery = z.object({ since: z.iso.datetime({ offset: true }).optional() });

/** What can be done to one contact: `POST /contacts/{id}/{name}`. */
const acts: Readonly<Record<string, (population: Population, id: string, body: unknown) => void>> =
  {
    message: (population, id, body) => population.visitorWrites(id, newMessage.parse(body).text),
    status: (population, id, body) => population.agentSetsStatus(id, newStatus.parse(body).status),
    agent: (population, id, body) => population.assign(id, newAgent.parse(body).agent),
    'live-chat': (population, id, body) => population.setLiveChat(id, flag.parse(body).active),
    edit: (population, id, body) => population.edit(id, edit.parse(body)),
    order: (population, id) => population.visitorOrders(id),
    misdate(population, id, body) {
      const { updatedAt, status } = newStamp.parse(body);
      population.misdate(id, Date.parse(updatedAt), status);
    },
    restore: (population, id) => population.restore(id),
  };

/**
 * What no real inbox offers: looking behind the scenes and making things happen, for people and for tests in another
 * process. Without a token, which is why the simulator listens on the loopback address unless told otherwise.
 */
export function controlRoutes(deps: {
  readonly population: Population;
  readonly requests: RequestLog;
  readonly setPageSize: (pageSize: number) => void;
  readonly seed: number;
  /** The inbox's own clock, epoch ms. */
  readonly now: () => number;
}): Hono {
  const { population, requests, setPageSize, seed, now } = deps;
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
    const wishes = newContact.parse(await readJson(c));
    return show(c, population.createContact(wishes).id, 201);
  });
  for (const [name, act] of Object.entries(acts)) {
    controls.post(`/contacts/:id/${name}`, async (c) => {
      const id = c.req.param('id');
      act(population, id, await readJson(c));
      return show(c, id);
    });
  }
  controls.delete('/contacts/:id', (c) => {
    population.remove(c.req.param('id'));
    return c.body(null, 204);
  });
  controls.post('/bulk-close', async (c) => {
    const { count } = howMany.parse(await readJson(c));
    return c.json({ closed: population.bulkClose(count) });
  });
  controls.post('/page-size', async (c) => {
    const { pageSize } = newPageSize.parse(await readJson(c));
    setPageSize(pageSize);
    return c.json({ pageSize });
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
async function readJson(c: Context): Promise<unknown> {
  const text = await c.req.text();
  return JSON.parse(text === '' ? '{}' : text);
}
