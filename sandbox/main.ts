import { parseArgs } from 'node:util';
import * as z from 'zod';
import { startSandbox } from './server.ts';

/**
 * The sandbox as a process of its own: `node sandbox/main.ts [--port N] [--host H] [--public-url URL] [--processing-seconds S]`.
 * Prints one line of JSON with its URL when it is ready, and ends on SIGTERM or SIGINT.
 */
const argumentsSchema = z.strictObject({
  port: z.coerce.number().int().min(0).max(65_535).default(0),
  host: z.string().min(1).default('127.0.0.1'),
  'public-url': z.url().optional(),
  'processing-seconds': z.coerce.number().min(0).optional(),
});

const { values } = parseArgs({
  options: {
    port: { type: 'string' },
    host: { type: 'string' },
    'public-url': { type: 'string' },
    'processing-seconds': { type: 'string' },
  },
});
const settings = argumentsSchema.parse(values);
const server = await startSandbox({
  port: settings.port,
  host: settings.host,
  ...(settings['public-url'] !== undefined && { publicUrl: settings['public-url'].replace(/\/$/, '') }),
  ...(settings['processing-seconds'] !== undefined && { processingSeconds: settings['processing-seconds'] }),
});
process.stdout.write(`${JSON.stringify({ url: server.url })}\n`);

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    void server.stop().then(() => process.exit(0));
  });
}
