type DocumentedHeader = {
  description: string;
  required: boolean;
  schema: { type: 'string' | 'integer' };
};

interface ProblemKind {
  readonly title: string;
  /** What one such answer says, for the document. */
  readonly example: string;
  /** What it carries besides the body. */
  readonly headers?: Record<string, DocumentedHeader>;
}

const challenge: DocumentedHeader = {
  description: 'What the key lacks, as RFC 6750 has it.',
  required: true,
  schema: { type: 'string' },
};
const retryAfter: DocumentedHeader = {
  description: 'In how many seconds asking again is worth it.',
  required: true,
  schema: { type: 'integer' },
};

/** Every counted answer bears these two; the document shows them where they matter. */
const rateLimit: DocumentedHeader = {
  description: 'What is left (`r`), and in how many seconds one is again (`t`).',
  required: true,
  schema: { type: 'string' },
};
const ratePolicy: DocumentedHeader = {
  description: 'How many requests (`q`) in how many seconds (`w`).',
  required: true,
  schema: { type: 'string' },
};

export const problemKinds = {
  400: {
    title: 'Bad Request',
    example: 'The request does not fit; `errors` says where.',
  },
  401: {
    title: 'Unauthorized',
    example: 'This API key is not valid.',
    headers: { 'WWW-Authenticate': challenge },
  },
  403: {
    title: 'Forbidden',
    example: 'This API key may not do that: it takes one with the scope `admin`.',
    headers: { 'WWW-Authenticate': { ...challenge, required: false } },
  },
  404: { title: 'Not Found', example: 'There is no subscription sub_5dXk2mQwTzR8vLpB.' },
  405: { title: 'Method Not Allowed', example: 'This address knows GET, HEAD, POST.' },
  409: {
    title: 'Conflict',
    example: 'A request with this Idempotency-Key is still under way; ask again in 3 s.',
    headers: { 'Retry-After': { ...retryAfter, required: false } },
  },
  412: {
    title: 'Precondition Failed',
    example: 'It has changed since you read it: read it again, and decide anew.',
  },
  413: { title: 'Content Too Large', example: 'The body is larger than 1 MiB.' },
  415: {
    title: 'Unsupported Media Type',
    example: 'Send the body as application/json, and say so in Content-Type.',
  },
  422: {
    title: 'Unprocessable Content',
    example:
      'This Idempotency-Key was used for another request; make a new one for each thing to be done.',
  },
  429: {
    title: 'Too Many Requests',
    example: 'This API key may ask 600 times a minute; ask again in 1 s.',
    headers: { 'Retry-After': retryAfter, RateLimit: rateLimit, 'RateLimit-Policy': ratePolicy },
  },
  500: {
    title: 'Internal Server Error',
    example:
      'Something went wrong here, not in your request. The log names it by the id pN3sVb7cTq2mXw9k.',
  },
  503: {
    title: 'Service Unavailable',
    example:
      'Redis does not answer or takes no writes, so this cannot be served now; try again in a few seconds.',
  },
} as const satisfies Readonly<Record<number, ProblemKind>>;

export type ProblemStatus = keyof typeof problemKinds;

/** The headers of a kind, also of one that has none. */
export function headersOf(status: ProblemStatus): Record<string, DocumentedHeader> {
  const { headers = {} }: ProblemKind = problemKinds[status];
  return headers;
}
