import { parseArgs } from 'node:util';
import { issueToken } from './issuer.ts';
import { directoryOf } from './paths.ts';

/** `npm run -s token -- --user NAME`: prints a dashboard session of a user of the local identity issuer, good for 24 hours. */

const { values } = parseArgs({ options: { user: { type: 'string' } } });
if (values.user === undefined || values.user.trim() === '') {
  console.error('Say whose session: npm run -s token -- --user NAME');
  process.exitCode = 2;
} else {
  console.log(await issueToken(directoryOf('start'), values.user));
}
