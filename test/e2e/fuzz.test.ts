import { expect, it } from 'vitest';
import { routes } from '../../functions/http/routes.ts';
import { withExamples } from './support/fuzz-document.ts';
import { fuzzWorld } from './support/fuzz-world.ts';
import { fuzz } from './support/schemathesis.ts';
import { stack } from './support/stack.ts';

const MINUTES = 60_000;

it('answers whatever the document allows, and whatever it does not, as the document says', { timeout: 10 * MINUTES }, async () => {
  const world = await fuzzWorld(routes);
  const served: unknown = await (await fetch(`${stack.apiUrl}/openapi.json`, { signal: AbortSignal.timeout(10_000) })).json();
  const document = withExamples(served, routes, world.examples);
  const seed = Number(process.env['FUZZ_SEED'] ?? 1);
  const maxExamples = Number(process.env['FUZZ_EXAMPLES'] ?? 10);
  const { exitCode, output, exchanges } = await fuzz({ document, world, maxExamples, seed });
  console.log(`${exchanges.length} requests`);

  expect(exchanges.filter(({ status }) => status >= 500)).toEqual([]);
  expect(new Set(exchanges.flatMap(({ faults }) => faults))).toEqual(new Set());
  expect(exitCode, output).toBe(0);
  // Every operation is done at least once: what is refused always would prove little.
  const done = new Set(exchanges.filter(({ status }) => status < 300).map(({ operation }) => operation));
  expect(routes.filter(({ method, path }) => !done.has(`${method} ${path}`)).map(({ operationId }) => operationId)).toEqual([]);
});
