import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { parseArgs } from 'node:util';
import { stackNames } from '../lib/names.ts';
import { clientSettings, outsideAws } from './aws.ts';
import { redriveTrigger } from './dead-letters.ts';
import { readOutputs } from './outputs.ts';

/**
 * `npm run redrive -- --stage S [--queue trigger] [--limit N] [--app NAME]`: works through a dead-letter queue of a deployed
 * stage with the operator's credentials. `trigger` is the only one: its messages are events that could not start an execution.
 */

const MOST = 10_000;

const { values } = parseArgs({
  options: {
    stage: { type: 'string' },
    queue: { type: 'string', default: 'trigger' },
    limit: { type: 'string', default: '1000' },
    app: { type: 'string', default: 'fanfare' },
  },
});

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function main(): Promise<number> {
  const { stage, queue, app } = values;
  if (stage === undefined) throw new Error('Say of which stage: npm run redrive -- --stage S');
  const limit = Number(values.limit);
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST) throw new Error(`--limit is a number of messages from 1 to ${MOST}.`);
  const settings = clientSettings(await outsideAws());
  const outputs = await readOutputs(new CloudFormationClient(settings), stackNames({ name: app, stage }));
  const queueUrl = outputs.DeadLetterQueues[queue];
  if (queueUrl === undefined) throw new Error(`There is no queue ${queue}: ${Object.keys(outputs.DeadLetterQueues).join(', ')}.`);
  const { started, left } = await redriveTrigger({
    queues: new SQSClient(settings),
    stepFunctions: new SFNClient(settings),
    queueUrl,
    stateMachineArn: outputs.UploadStateMachineArn,
    limit,
  });
  console.log(`Started ${started}, left ${left.length} in the queue.`);
  for (const { messageId, reason } of left) console.log(`${messageId} stays: ${reason}`);
  return left.length === 0 ? 0 : 1;
}
