/** The documented error codes and what the inbox says with them where there is nothing better to say. */
const documented = {
  400: { code: 'BAD_REQUEST', message: 'Missing or invalid parameters.' },
  401: { code: 'UNAUTHORIZED', message: 'Bearer token is invalid or has expired.' },
  404: { code: 'NOT_FOUND', message: 'There is nothing here.' },
  429: { code: 'TOO_MANY_REQUESTS', message: 'Rate limit exceeded.' },
  500: { code: 'INTERNAL_SERVER_ERROR', message: 'Something went wrong on our side.' },
} as const;

export type ErrorStatus = keyof typeof documented;

/** The one structure of all errors. */
export function errorBody(statusCode: ErrorStatus, message?: string) {
  const { code, message: usual } = documented[statusCode];
  return { success: false, error: { code, message: message ?? usual, statusCode } };
}
