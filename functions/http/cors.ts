/** Headers that browsers of other origins may send, and those of an answer that they may read: handlers and the stack use both. */
export const cors = {
  allowedHeaders: ['Authorization', 'Content-Type', 'X-Api-Key'],
  exposedHeaders: ['X-Request-Id', 'Retry-After', 'WWW-Authenticate'],
} as const;
