import type { Route } from '../route.ts';
import { examples } from './examples.ts';
import type { ErrorBook } from './errors.ts';
import { commonHeaders, headerReferences } from './headers.ts';
import type { JsonSchema, MediaType, Operation, Parameter, Reference, RequestBody, Response } from './json.ts';
import type { SchemaBook } from './schemas.ts';
import { tagOf } from './tags.ts';

/** Where operations put what they share. */
export interface Books {
  readonly schemas: SchemaBook;
  readonly errors: ErrorBook;
}

/** A line of the route table as an operation. */
export function operationOf(route: Route, books: Books): Operation {
  const parameters = parametersOf(route, books.schemas);
  const requestBody = requestBodyOf(route, books.schemas);
  return {
    operationId: route.operationId,
    summary: route.summary,
    description: descriptionOf(route),
    tags: [tagOf(route.group).name],
    security: securityOf(route),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(requestBody === null ? {} : { requestBody }),
    responses: { ...answersOf(route, books.schemas), ...books.errors.of(route) },
  };
}

function descriptionOf({ description, auth, scope }: Route): string {
  const who = {
    none: 'Needs no authentication.',
    jwt: 'Takes a dashboard session; API keys are refused.',
    key_or_jwt: `Takes an API key with the scope \`${scope}\`, or a dashboard session.`,
  }[auth];
  return description === undefined ? who : `${description}\n\n${who}`;
}

/** For schemes other than OAuth the list names the roles that are needed: our scopes. */
function securityOf({ auth, scope }: Route): Operation['security'] {
  switch (auth) {
    case 'none':
      return [];
    case 'jwt':
      return [{ session: [] }];
    case 'key_or_jwt':
      return [{ apiKey: scope === null ? [] : [scope] }, { session: [] }];
  }
}

function parametersOf({ path, params, query, effect, conditional }: Route, schemas: SchemaBook): readonly (Parameter | Reference)[] {
  const inPath = params === null ? [] : propertiesOf(schemas.of(params, 'input')).map((each) => ({ ...parameter(each), in: 'path' as const, required: true }));
  const unnamed = inPath.filter(({ name }) => !path.includes(`{${name}}`));
  if (unnamed.length > 0) throw new Error(`${path} has no ${unnamed.map(({ name }) => name).join(', ')}.`);
  return [
    ...inPath,
    ...(query === null ? [] : propertiesOf(schemas.of(query, 'input')).map((each) => ({ ...parameter(each), in: 'query' as const, allowEmptyValue: true as const }))),
    ...(effect === 'write' ? [{ $ref: '#/components/parameters/IdempotencyKey' }] : []),
    ...(effect === 'write' && conditional === true ? [{ $ref: '#/components/parameters/IfMatch' }] : []),
  ];
}

interface Property {
  readonly name: string;
  readonly schema: JsonSchema;
  readonly required: boolean;
}

function propertiesOf({ properties, required }: JsonSchema): readonly Property[] {
  const named = Array.isArray(required) ? required : [];
  return Object.entries((properties ?? {}) as Readonly<Record<string, JsonSchema>>).map(([name, schema]) => ({ name, schema, required: named.includes(name) }));
}

function parameter({ name, schema: { description, ...schema }, required }: Property): Omit<Parameter, 'in'> {
  return { name, required, ...(typeof description === 'string' ? { description } : {}), schema };
}

function requestBodyOf({ body, operationId }: Route, schemas: SchemaBook): RequestBody | null {
  if (body === null) return null;
  const schema = schemas.of(body.schema, 'input');
  const request = examples[operationId]?.request;
  const media: MediaType = request === undefined ? { schema } : { schema, example: request };
  return { required: body.type === 'form' || !body.schema.safeParse({}).success, content: { [MEDIA_TYPES[body.type]]: media } };
}

const MEDIA_TYPES = { json: 'application/json', form: 'multipart/form-data', urlencoded: 'application/x-www-form-urlencoded' } as const;

function answersOf(route: Route, schemas: SchemaBook): Readonly<Record<string, Response>> {
  const headers = headerReferences([...commonHeaders(route), ...(route.effect === 'write' ? ['Idempotent-Replayed' as const] : []), ...(route.conditional === true ? ['ETag' as const] : [])]);
  const example = examples[route.operationId]?.answer;
  const types = route.produces ?? ['application/json'];
  return Object.fromEntries(
    Object.entries(route.answers).map(([status, schema]) => {
      const body = schemas.of(schema, 'output');
      const media: MediaType = example === undefined ? { schema: body } : { schema: body, example };
      return [status, { description: STATUSES[status] ?? 'Done.', headers, content: Object.fromEntries(types.map((type) => [type, media])) }];
    }),
  );
}

const STATUSES: Readonly<Record<string, string>> = {
  200: 'Done, or found.',
  201: 'Made.',
  202: 'Taken; the work goes on.',
};
