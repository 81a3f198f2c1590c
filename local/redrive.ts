import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { parseArgs } from 'node:util';
import { stackNames } from '../lib/names.ts';
import { clientSettings, outsideAws } from './aws.ts';
import { forget, startExecutions, workThrough, type Redrive } from './dead-letters.ts';
import { readOutputs } from './outputs.ts';

/**
 * `npm run redrive -- --stage S --queue Q [--limit N] [--app NAME]`: works through a dead-letter queue of a deployed stage with
 * the operator's credentials. `trigger`: events that could not start an execution, which are started now. `reconcile`: runs of the
 * job that could not be started, which are removed, since the next one did their work.
 */

const MOST = 10_000;

const { values } = parseArgs({
  options: {
    stage: { type: 'string' },
    queue: { type: 'string' },
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
  if (stage === undefined || queue === undefined) throw new Error('Say which queue of which stage: npm run redrive -- --stage S --queue trigger');
  const limit = Number(values.limit);
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST) throw new Error(`--limit is a number of messages from 1 to ${MOST}.`);
  const settings = clientSettings(await outsideAws());
  const outputs = await readOutputs(new CloudFormationClient(settings), stackNames({ name: app, stage }));
  const ways: Readonly<Record<string, Redrive>> = {
    trigger: startExecutions(new SFNClient(settings), outputs.UploadStateMachineArn),
    reconcile: forget,
  };
  const url = outputs.DeadLetterQueues[queue];
  const redrive = ways[queue];
  if (url === undefined || redrive === undefined) throw new Error(`There is no queue ${queue}: ${Object.keys(ways).join(', ')}.`);
  const { done, left } = await workThrough(new SQSClient(settings), { url, limit }, redrive);
  console.log(`Done with ${done}, left ${left.length} in the queue.`);
  for (const { messageId, reason } of left) console.log(`${messageId} stays: ${reason}`);
  return left.length === 0 ? 0 : 1;
}
