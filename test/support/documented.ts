import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import * as z from 'zod';
import { openApiDocument } from '../../functions/http/openapi/document.ts';
import type { Operation, Response } from '../../functions/http/openapi/json.ts';
import { routes } from '../../functions/http/routes.ts';

/** Holds answers against the OpenAPI document, as it is made from the route table. */

export interface SeenAnswer {
  readonly method: string;
  /** Without the stage: `/api/upload/upl_1/status`; what follows `?` is not looked at. */
  readonly path: string;
  readonly status: number;
  readonly header: (name: string) => string | null;
  /** Parsed where the answer is JSON, a text otherwise. */
  readonly body: unknown;
}

const document = openApiDocument(routes);
const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema(document, 'openapi');
const compiled = new Map<string, ValidateFunction>();

/** What the document does not promise of this answer; nothing if all is as it says. */
export function undocumented(answer: SeenAnswer): readonly string[] {
  const path = patternOf(answer.path.split('?')[0] ?? '');
  const operation = path === null ? undefined : document.paths[path]?.[answer.method.toLowerCase()];
  if (path === null || operation === undefined) return [`there is no ${answer.method} ${answer.path}`];
  const where = `${answer.method} ${path} ${answer.status}`;
  const found = responseOf(operation, path, answer);
  if (found === null) return [`${where} is not in the document`];
  const { response, pointer } = found;
  const type = (answer.header('Content-Type') ?? '').split(';')[0] ?? '';
  if (response.content[type] === undefined) return [`${where} has the type ${JSON.stringify(type)}, which is not in the document`];
  const faults = [...missingHeaders(response, answer), ...wrongBody(`${pointer}/content/${escaped(type)}/schema`, answer.body), ...namesNothing(answer)];
  return faults.map((fault) => `${where}: ${fault}`);
}

/** The path of the route table that a path is served by. Literal ones win over those with variables, as in API Gateway. */
export function patternOf(path: string): string | null {
  const patterns = Object.keys(document.paths).toSorted((a, b) => a.split('{').length - b.split('{').length);
  return patterns.find((pattern) => new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll(/\{\w+\}/gu, '[^/]+')}$`, 'u').test(path)) ?? null;
}

function responseOf(operation: Operation, path: string, { method, status }: SeenAnswer): { response: Response; pointer: string } | null {
  const response = operation.responses[status];
  if (response === undefined) return null;
  if (!('$ref' in response)) return { response, pointer: `openapi#/paths/${escaped(path)}/${method.toLowerCase()}/responses/${status}` };
  const shared = document.components.responses[response.$ref.split('/').at(-1) ?? ''];
  return shared === undefined ? null : { response: shared, pointer: `openapi${response.$ref}` };
}

function missingHeaders(response: Response, answer: SeenAnswer): readonly string[] {
  return Object.keys(response.headers)
    .filter((name) => document.components.headers[name]?.required === true && answer.header(name) === null)
    .map((name) => `the header ${name} is missing`);
}

function wrongBody(pointer: string, body: unknown): readonly string[] {
  const validate = compiled.get(pointer) ?? ajv.compile({ $ref: pointer });
  compiled.set(pointer, validate);
  if (validate(body)) return [];
  return (validate.errors ?? []).map(({ instancePath, message = 'is wrong', params }) => `body${instancePath} ${message} ${JSON.stringify(params)}`);
}

/** What the caller can mend names the field or the header that it lies in; too many requests lie in none. */
function namesNothing({ status, body }: SeenAnswer): readonly string[] {
  if (status < 400 || status >= 500 || status === 429) return [];
  return withErrors.safeParse(body).success ? [] : ['names no field'];
}

const withErrors = z.looseObject({ errors: z.array(z.unknown()).min(1) });

function escaped(step: string): string {
  return encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'));
}
