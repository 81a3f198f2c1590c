import { parseArgs } from 'node:util';
import { outsideAws } from './aws.ts';
import { makeKey } from './make-key.ts';

/**
 * `npm run -s key -- --stage S --name N [--user SUBJECT] [--app NAME]`: makes an API key in a deployed stage with the
 * operator's credentials, and prints it, this once. `--user`: for the tenant of that user, by the subject of his sessions.
 */

const { values } = parseArgs({
  options: { stage: { type: 'string' }, name: { type: 'string' }, user: { type: 'string' }, app: { type: 'string', default: 'fanfare' } },
});

try {
  const { stage, name = null, user = null, app } = values;
  if (stage === undefined) throw new Error('Say for which stage: npm run -s key -- --stage S --name N');
  const { key } = await makeKey({ aws: await outsideAws(), app, stage, user, name });
  console.log(key);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
