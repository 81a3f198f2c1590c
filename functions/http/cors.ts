/** Headers that browsers of other origins may send, and those of an answer that they may read: handlers and the stack use both. */
export const cors = {
  allowedHeaders: ['Authorization', 'Content-Type', 'Idempotency-Key', 'If-Match', 'X-Api-Key'],
  exposedHeaders: ['X-Request-Id', 'ETag', 'Idempotent-Replayed', 'RateLimit', 'RateLimit-Policy', 'Retry-After', 'WWW-Authenticate'],
} as const;
