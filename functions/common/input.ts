import type { APIGatewayProxyEvent } from 'aws-lambda';
import { FanfareError } from '../../core/errors.ts';
import type { Route } from '../http/route.ts';
import type { Endpoint, Input } from './endpoint.ts';
import { parseBy } from './field-errors.ts';
import { header } from './headers.ts';
import { readIfMatch } from './preconditions.ts';
import { checkText } from './strict-json.ts';

/** What the path names, under the schema of the route. */
export function readParams({ params }: Pick<Route, 'params'>, event: APIGatewayProxyEvent): unknown {
  return params === null ? null : parseBy(params, event.pathParameters ?? {});
}

/** What a request says besides, under the schemas of its route. Throws the errors of reading a body, and `validation_failed`. */
export async function readInput(
  { route, readBody }: Pick<Endpoint<never>, 'route' | 'readBody'>,
  event: APIGatewayProxyEvent,
): Promise<Omit<Input, 'params'>> {
  return {
    query: route.query === null ? null : parseBy(route.query, readQuery(event)),
    body: await readBody(event),
    ifMatch: readIfMatch(header(event, 'If-Match')),
  };
}

/** Each parameter once; with an empty value it counts as left out. */
function readQuery(event: APIGatewayProxyEvent): Readonly<Record<string, string>> {
  const given = Object.entries(event.multiValueQueryStringParameters ?? {}).map(([name, values]) => [name, values ?? []] as const);
  const repeated = given.filter(([, values]) => values.length > 1);
  if (repeated.length > 0) {
    const errors = repeated.map(([field]) => ({ field, code: 'repeated', message: `${field} may be given once only` }));
    throw new FanfareError('validation_failed', errors.map((error) => error.message).join('; '), { errors });
  }
  const query = Object.fromEntries(given.flatMap(([name, [value = '']]) => (value === '' ? [] : [[name, value] as const])));
  checkText(query, '');
  return query;
}
