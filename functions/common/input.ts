import type { APIGatewayProxyEvent } from 'aws-lambda';
import { FanfareError } from '../../core/errors.ts';
import type { Endpoint, Input } from './endpoint.ts';
import { parseBy } from './field-errors.ts';
import { checkText } from './strict-json.ts';

/** What a request says, under the schemas of its route. Throws the errors of reading a body, and `validation_failed`. */
export async function readInput({ route, readBody }: Pick<Endpoint<never>, 'route' | 'readBody'>, event: APIGatewayProxyEvent): Promise<Input> {
  return {
    params: route.params === null ? null : parseBy(route.params, readParams(event)),
    query: route.query === null ? null : parseBy(route.query, readQuery(event)),
    body: await readBody(event),
  };
}

function readParams(event: APIGatewayProxyEvent): Readonly<Record<string, unknown>> {
  return event.pathParameters ?? {};
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
