import { parseArgs } from 'node:util';
import { outsideAws } from './aws.ts';
import { makeKey } from './make-key.ts';

/**
 * `npm run -s key -- --stage S --name N [--user SUBJECT | --tenant ID] [--app NAME]`: makes an API key in a deployed stage
 * with the operator's credentials, and prints it, this once. `--user`: for the tenant of that user, by the subject of his
 * sessions. `--tenant`: for this one (`npm run -s tenant -- show` tells ids).
 */

const { values } = parseArgs({
  options: { stage: { type: 'string' }, name: { type: 'string' }, user: { type: 'string' }, tenant: { type: 'string' }, app: { type: 'string', default: 'fanfare' } },
});

try {
  const { stage, name = null, user = null, tenant = null, app } = values;
  if (stage === undefined) throw new Error('Say for which stage: npm run -s key -- --stage S --name N');
  if (user !== null && tenant !== null) throw new Error('Say whose key it is by --user or by --tenant, not by both.');
  const { key } = await makeKey({ aws: await outsideAws(), app, stage, user, tenant, name });
  console.log(key);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
