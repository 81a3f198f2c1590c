import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { errorKinds } from '../../core/errors.ts';
import { problem } from '../../functions/http/native/schemas/common.ts';
import { routes } from '../../functions/http/routes.ts';
import { constructId } from '../../lib/names.ts';
import { standard, synthesize, type Synthesized } from './synthesis.ts';
import { onlyResource, resourcesOf } from './template.ts';

let aws: Synthesized;
let open: Synthesized;

beforeAll(() => {
  aws = synthesize(standard);
  open = synthesize();
});

const pathPart = z.object({ PathPart: z.string(), ParentId: z.union([z.object({ Ref: z.string() }), z.object({ 'Fn::GetAtt': z.unknown() })]) });
const method = z.object({
  HttpMethod: z.string(),
  AuthorizationType: z.literal('NONE'),
  ResourceId: z.object({ Ref: z.string() }),
  Integration: z.object({ Type: z.string(), Uri: z.unknown().optional(), IntegrationResponses: z.array(z.object({ ResponseParameters: z.record(z.string(), z.string()) })).optional() }),
});

const handling = z.object({ HttpMethod: z.string(), Integration: z.object({ ContentHandling: z.string().optional() }) });

function pathOf(id: string, template = aws.app): string {
  const { PathPart, ParentId } = pathPart.parse(resourcesOf(template, 'AWS::ApiGateway::Resource').get(id)?.Properties);
  return `${'Ref' in ParentId ? pathOf(ParentId.Ref, template) : ''}/${PathPart}`;
}

function methods(template = aws.app) {
  return [...resourcesOf(template, 'AWS::ApiGateway::Method').values()].map(({ Properties }) => {
    const { ResourceId, ...rest } = method.parse(Properties);
    return { path: pathOf(ResourceId.Ref, template), ...rest };
  });
}

function preflights(template: Synthesized['app']) {
  return methods(template)
    .filter(({ HttpMethod }) => HttpMethod === 'OPTIONS')
    .map(({ path, Integration }) => ({ path, headers: Integration.IntegrationResponses?.[0]?.ResponseParameters ?? {} }));
}

describe('the API', () => {
  it('has the routes of the table, each on the function of its group', () => {
    const found = methods().filter(({ HttpMethod }) => HttpMethod !== 'OPTIONS');
    const served = found.map(({ path, HttpMethod, Integration }) => {
      const name = /"(Http\w+)[0-9A-F]{8}"/u.exec(JSON.stringify(Integration.Uri))?.[1];
      return `${HttpMethod} ${path} ${Integration.Type} ${name}`;
    });
    const wanted = routes.map(({ path, method, group }) => `${method} ${path} AWS_PROXY ${constructId(`http-${group}`)}`);
    expect(served.toSorted()).toEqual(wanted.toSorted());
  });

  it('has one name for a variable at each place of a path, as API Gateway demands', () => {
    const names = new Map<string, Set<string>>();
    for (const { path } of routes) {
      const parts = path.split('/');
      parts.forEach((part, index) => {
        if (!part.startsWith('{')) return;
        const before = parts.slice(0, index).join('/');
        names.set(before, (names.get(before) ?? new Set()).add(part));
      });
    }
    for (const [before, variables] of names) expect([before, variables.size]).toEqual([before, 1]);
  });

  it('gets the bytes of forms and of JSON as they were sent', () => {
    aws.app.hasResourceProperties('AWS::ApiGateway::RestApi', { BinaryMediaTypes: ['multipart/form-data', 'application/json'] });
  });

  it('answers preflights, which carry no body and so count as JSON, from texts', () => {
    const mocked = [...resourcesOf(aws.app, 'AWS::ApiGateway::Method').values()].map(({ Properties }) => handling.parse(Properties));
    for (const { HttpMethod, Integration } of mocked) {
      expect(Integration.ContentHandling).toBe(HttpMethod === 'OPTIONS' ? 'CONVERT_TO_TEXT' : undefined);
    }
  });
});

describe('a browser of another origin', () => {
  it('learns on each path which methods and headers it may send', () => {
    const answered = preflights(aws.app);
    expect(answered.map(({ path }) => path).toSorted()).toEqual([...new Set(routes.map(({ path }) => path))].toSorted());
    for (const { path, headers } of answered) {
      const there = routes.filter((route) => route.path === path).map((route) => route.method);
      expect(headers).toMatchObject({
        'method.response.header.Access-Control-Allow-Origin': "'https://app.example.com'",
        'method.response.header.Access-Control-Allow-Methods': `'${there.join(',')}'`,
        'method.response.header.Access-Control-Allow-Headers': "'Authorization,Content-Type,Idempotency-Key,If-Match,X-Api-Key'",
      });
    }
  });

  it('may come from anywhere where the configuration says so', () => {
    for (const { headers } of preflights(open.app)) expect(headers).toHaveProperty(['method.response.header.Access-Control-Allow-Origin'], "'*'");
  });
});

describe('what API Gateway says by itself', () => {
  const response = z.object({
    ResponseType: z.string(),
    StatusCode: z.string(),
    ResponseParameters: z.record(z.string(), z.string()),
    ResponseTemplates: z.object({ 'application/json': z.string() }),
  });
  const responses = () => [...resourcesOf(aws.app, 'AWS::ApiGateway::GatewayResponse')].map(([id, { Properties }]) => ({ id, ...response.parse(Properties) }));

  it('are problems in the form of the rest of the API', () => {
    for (const { ResponseTemplates, StatusCode } of responses()) {
      const body = problem.parse(JSON.parse(ResponseTemplates['application/json']));
      expect(errorKinds).toHaveProperty(body.code);
      expect(body.type).toBe(`https://docs.example.com/errors/${body.code}`);
      expect(String(body.status)).toBe(StatusCode);
      expect(body.requestId).toBe('$context.requestId');
    }
  });

  it('can be read by browsers of other origins', () => {
    for (const { ResponseParameters } of responses()) {
      expect(ResponseParameters).toMatchObject({
        'gatewayresponse.header.Content-Type': "'application/problem+json'",
        'gatewayresponse.header.Access-Control-Allow-Origin': "'https://app.example.com'",
        'gatewayresponse.header.Access-Control-Expose-Headers': expect.stringContaining('X-Request-Id'),
      });
    }
  });

  it('covers everything, by its own type or by default', () => {
    const types = responses().map(({ ResponseType }) => ResponseType);
    expect(types).toEqual(expect.arrayContaining(['DEFAULT_4XX', 'DEFAULT_5XX', 'MISSING_AUTHENTICATION_TOKEN', 'REQUEST_TOO_LARGE', 'INTEGRATION_TIMEOUT']));
  });

  it('is part of what the stage shows', () => {
    const { properties } = onlyResource(aws.app, 'AWS::ApiGateway::Stage');
    const { Ref } = z.object({ Ref: z.string() }).parse(properties['DeploymentId']);
    const { DependsOn = [] } = resourcesOf(aws.app).get(Ref) ?? {};
    expect([DependsOn].flat()).toEqual(expect.arrayContaining(responses().map(({ id }) => id)));
  });
});
