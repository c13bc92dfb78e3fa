import { z } from 'zod';

const texts = z.array(z.string());
/** `""` for no bound; a time needs its zone, or it would mean something else on another machine. */
const time = z.union([z.literal(''), z.iso.datetime({ offset: true }), z.iso.date()], {
  error: 'must be an ISO 8601 time or ""',
});
const range = z.object({ startAt: time, endsAt: time });

const question = z.object({
  searchText: z.string(),
  tags: texts,
  status: texts,
  isOnline: z.boolean(),
  _botWebsite: texts,
  _botWhatsapp: texts,
  _botTelegram: texts,
  _botFacebook: texts,
  _agentAssigned: texts,
  segments: texts,
  applicableFilters: texts,
  lastSeenAt: range,
  createdAt: range,
  userInteracted: z.boolean(),
  lastMessageBy: z.array(z.enum(['bot', 'user', 'agent'])),
  isLiveChatActive: z.boolean(),
  hasOrdered: z.object({ status: z.boolean(), lastAt: time }),
  page: z.int().min(1),
  // Any other value would start an export job, which is not played here.
  isExport: z.literal('none'),
  isContact: z.boolean(),
});

/** The body of `POST /inbox/users`, all fields required; real clients send others too, and these are ignored. */
export type Question = z.infer<typeof question>;

/** `message` is the sentence of the 400 and names every field that is missing or mistyped. */
export function readQuestion(
  text: string,
):
  | { readonly kind: 'question'; readonly question: Question }
  | { readonly kind: 'invalid'; readonly message: string } {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return { kind: 'invalid', message: 'The request body is not valid JSON.' };
  }
  const parsed = question.safeParse(body, { reportInput: true });
  if (parsed.success) return { kind: 'question', question: parsed.data };
  const problems = parsed.error.issues.map(({ path, input, message }) =>
    input === undefined ? `${nameOf(path)} is required` : `${nameOf(path)} is invalid (${message})`,
  );
  return { kind: 'invalid', message: `${problems.join('; ')}.` };
}

function nameOf(path: readonly PropertyKey[]): string {
  return path.length === 0 ? 'The request body' : path.join('.');
}

/** The first page of everyone. */
export const everyone: Question = {
  searchText: '',
  tags: [],
  status: [],
  isOnline: false,
  _botWebsite: [],
  _botWhatsapp: [],
  _botTelegram: [],
  _botFacebook: [],
  _agentAssigned: [],
  segments: [],
  applicableFilters: [],
  lastSeenAt: { startAt: '', endsAt: '' },
  createdAt: { startAt: '', endsAt: '' },
  userInteracted: false,
  lastMessageBy: [],
  isLiveChatActive: false,
  hasOrdered: { status: false, lastAt: '' },
  page: 1,
  isExport: 'none',
  isContact: false,
};
