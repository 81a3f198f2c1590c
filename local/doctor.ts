import { parseArgs } from 'node:util';
import { outsideAws } from './aws.ts';
import { examine, report } from './doctor/examine.ts';
import { configurationFileOf } from './stage-configuration.ts';

/**
 * `npm run doctor -- --stage S`: says in words what is missing or doubtful before `config/S.json` is deployed with the caller's
 * AWS credentials, a line a check. The exit code is 1 if something is in the way of it.
 */

const { values } = parseArgs({ options: { stage: { type: 'string' } } });

try {
  const { stage } = values;
  const aws = await outsideAws();
  const examination = await examine({ configurationFile: configurationFileOf(stage), stage: stage ?? null, aws, bootstrapping: false });
  console.log(report(examination));
  process.exitCode = examination.sound ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
