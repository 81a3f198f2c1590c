import type { APIGatewayProxyResult } from 'aws-lambda';
import { cors } from '../http/cors.ts';
import type { Route } from '../http/route.ts';
import type { SomeAnswer } from './endpoint.ts';

/** An answer as API Gateway takes it. */
export type Answer = APIGatewayProxyResult & { headers: Record<string, string> };

export function jsonAnswer(statusCode: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return { statusCode, headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-store', ...headers }, body: JSON.stringify(body) };
}

/** A successful answer of a route: JSON, or the text that it is where the route says that it produces texts. */
export function routeAnswer({ produces }: Pick<Route, 'produces'>, { status, body, headers }: Required<SomeAnswer>): Answer {
  if (produces === undefined) return jsonAnswer(status, body, headers);
  return { statusCode: status, headers: { 'Cache-Control': 'no-store', ...headers }, body: String(body) };
}

const EXPOSED = cors.exposedHeaders.join(', ');

/** Lets browsers of the configured origins read the answer. `*` in the configuration means all. */
export function corsHeaders(origins: readonly string[], origin: string | undefined): Record<string, string> {
  if (origins.includes('*')) return { 'Access-Control-Allow-Origin': '*', 'Access-Control-Expose-Headers': EXPOSED };
  const allowed = origin !== undefined && origins.includes(origin);
  return allowed
    ? { 'Access-Control-Allow-Origin': origin, 'Access-Control-Expose-Headers': EXPOSED, Vary: 'Origin' }
    : { Vary: 'Origin' };
}
