import type { APIGatewayProxyEvent } from 'aws-lambda';

/** The value of a header, whatever the case of its name: API Gateway keeps the client's, emulators send lower case. */
export function header(event: Pick<APIGatewayProxyEvent, 'headers'>, name: string): string | undefined {
  const wanted = name.toLowerCase();
  // The type of the event promises headers, a test invocation from the console has none.
  const entries: readonly (readonly [string, string | undefined])[] = Object.entries(event.headers ?? {});
  return entries.find(([key]) => key.toLowerCase() === wanted)?.[1];
}

/** The media type of a `Content-Type` in lower case, and its parameters. */
export function mediaType(value: string | undefined): { type: string; charset: string | null } {
  const [type = '', ...parameters] = (value ?? '').split(';').map((part) => part.trim());
  const charset = parameters.map((parameter) => /^charset="?([^"]+)"?$/iu.exec(parameter)?.[1]).find((found) => found !== undefined);
  return { type: type.toLowerCase(), charset: charset?.toLowerCase() ?? null };
}

/** The value of a cookie (RFC 6265); null: there is none of the name, or several, of which nobody knows which is ours. */
export function cookieOf(event: Pick<APIGatewayProxyEvent, 'headers'>, name: string): string | null {
  const pairs = (header(event, 'Cookie') ?? '').split(';').map((pair) => pair.trim());
  const [value, ...others] = pairs.flatMap((pair) => (pair.startsWith(`${name}=`) ? [pair.slice(name.length + 1)] : []));
  return value === undefined || others.length > 0 ? null : value;
}
