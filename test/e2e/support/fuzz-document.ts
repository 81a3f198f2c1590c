import * as z from 'zod';
import type { Route } from '../../../functions/http/route.ts';
import type { Example } from './fuzz-world.ts';

/** The document as it is served, with requests of this very stack in the place of its examples. */

const mediaType = z.object({ schema: z.unknown() });
const operation = z.looseObject({
  parameters: z.array(z.looseObject({ name: z.string().optional() })).optional(),
  requestBody: z.looseObject({ content: z.record(z.string(), mediaType) }).optional(),
});
const document = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), operation)),
  components: z.looseObject({ parameters: z.record(z.string(), z.looseObject({})) }),
});

/** A part with a file's name and type, as the document asks for it in words. */
const FILE_PART = { file: { contentType: 'video/mp4', headers: { 'Content-Disposition': { example: 'form-data; name="file"; filename="clip.mp4"' } } } };

export function withExamples(served: unknown, routes: readonly Route[], examples: ReadonlyMap<string, Example>): unknown {
  const { paths, components, ...rest } = document.parse(served);
  const filled = Object.entries(paths).map(([path, methods]) => {
    const operations = Object.entries(methods).map(([method, each]) => {
      const route = routes.find((one) => one.path === path && one.method.toLowerCase() === method);
      const example = examples.get(route?.operationId ?? '');
      if (example === undefined) throw new Error(`${method} ${path} is served but not in the route table.`);
      return [method, fill(each, example)] as const;
    });
    return [path, Object.fromEntries(operations)] as const;
  });
  // Whatever the version is: that of the document's example is nobody's.
  const parameters = { ...components.parameters, IfMatch: { ...components.parameters['IfMatch'], schema: { type: 'string' }, example: '*' } };
  return { ...rest, paths: Object.fromEntries(filled), components: { ...components, parameters } };
}

function fill({ parameters, requestBody, ...rest }: z.output<typeof operation>, { path, bodies }: Example): unknown {
  return {
    ...rest,
    ...(parameters === undefined ? {} : { parameters: parameters.map((each) => (each.name !== undefined && each.name in path ? { ...each, example: path[each.name] } : each)) }),
    ...(requestBody === undefined ? {} : { requestBody: { ...requestBody, content: Object.fromEntries(Object.entries(requestBody.content).map(([type, media]) => [type, filledBody(type, media, bodies)])) } }),
  };
}

function filledBody(type: string, media: z.output<typeof mediaType>, bodies: Example['bodies']): unknown {
  const examples = Object.fromEntries(bodies.map((value, index) => [`form${index}`, { value: type === 'application/json' ? value : texts(value) }]));
  return { schema: media.schema, ...(type === 'multipart/form-data' ? { encoding: FILE_PART } : {}), examples };
}

/** A file cannot stand in a document: any bytes do, since creation looks at the type only. */
function texts(body: Readonly<Record<string, unknown>>): unknown {
  return Object.fromEntries(Object.entries(body).map(([name, value]) => [name, value instanceof File ? 'some bytes' : value]));
}
