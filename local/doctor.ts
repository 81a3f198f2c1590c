import { parseArgs } from 'node:util';
import { outsideAws } from './aws.ts';
import { examine, examineLocal, report } from './doctor/examine.ts';
import { readStackFile } from './stack-file.ts';
import { configurationFileOf } from './stage-configuration.ts';

/**
 * `npm run doctor [-- --stage S]`: says in words what is missing or doubtful about the stage of `config/S.json` on the AWS account of
 * the caller's credentials, before it is deployed and afterwards; without a stage, about the one that `npm start` runs. Each network
 * is asked whether it knows the operator's app, with nobody's account, so that nothing is changed there. A line a check. The exit
 * code is 1 if something is wrong.
 */

const { values } = parseArgs({ options: { stage: { type: 'string' } } });

try {
  const { stage } = values;
  const isLocal = stage === undefined && (process.env['FANFARE_CONFIG'] ?? '') === '';
  const examination = isLocal
    ? await examineLocal(readStackFile())
    : await examine({ configurationFile: configurationFileOf(stage), stage: stage ?? null, aws: await outsideAws(), bootstrapping: false, asking: true });
  console.log(report(examination));
  process.exitCode = examination.sound ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
