import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { GetQueueAttributesCommand, PurgeQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, describe, expect, it } from 'vitest';
import { clientSettings } from '../../local/aws.ts';
import { root } from '../../local/paths.ts';
import { platforms } from '../../platforms/registry.ts';
import { selfDescribed } from '../../platforms/self-described.ts';
import { networkSettings } from '../../sandbox/networks.ts';
import { keyOf } from './support/operator.ts';
import { postsOf } from './support/sandbox.ts';
import { networks, stack } from './support/stack.ts';
import { publish, settled } from './support/uploads.ts';

/**
 * Operators' own commands on a stage that runs. The dead letters of the trigger: the emulator never fills a target's queue, so a message in the form of EventBridge's is put
 * there by hand; what works through it is the operator's own command.
 */

const settings = clientSettings({ endpoint: stack.awsEndpoint });
const queues = new SQSClient(settings);
const stepFunctions = new SFNClient(settings);
const [trigger = '', reconcile = ''] = ['trigger', 'reconcile'].map((name) => stack.deadLetterQueues[name]);

afterAll(() => queues.send(new PurgeQueueCommand({ QueueUrl: trigger })));

const attribute = (StringValue: string) => ({ DataType: 'String', StringValue });

async function deadLetter(QueueUrl: string, body: string): Promise<void> {
  const MessageAttributes = {
    RULE_ARN: attribute('arn:aws:events:us-east-1:000000000000:rule/UploadTrigger'),
    TARGET_ARN: attribute(stack.stateMachineArn),
    ERROR_CODE: attribute('THROTTLING'),
    ERROR_MESSAGE: attribute('Rate exceeded'),
    EXHAUSTED_RETRY_CONDITION: attribute('MaximumEventAgeInSeconds'),
    RETRY_ATTEMPTS: attribute('185'),
  };
  await queues.send(new SendMessageCommand({ QueueUrl, MessageBody: body, MessageAttributes }));
}

/** Messages in the queue, those included that somebody has read and not removed. */
async function waiting(QueueUrl: string): Promise<number> {
  const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
  const { Attributes = {} } = await queues.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...names] }));
  return names.reduce((sum, name) => sum + Number(Attributes[name]), 0);
}

const redrive = (queue: string) => command('local/redrive.ts', ['--queue', queue]);

/** An operator's command on this stage. */
async function command(script: string, parameters: readonly string[] = []): Promise<{ code: number; said: string }> {
  const env = { ...process.env, AWS_ENDPOINT_URL: stack.awsEndpoint, FANFARE_CONFIG: join(stack.directory, 'configuration.json') };
  const ran = promisify(execFile)(process.execPath, [join(root, script), '--stage', stack.stage, ...parameters], { env, timeout: 60_000 });
  return ran.then(
    ({ stdout }) => ({ code: 0, said: stdout }),
    (error: unknown) => {
      if (error instanceof Error && 'stdout' in error && 'code' in error) return { code: Number(error.code), said: String(error.stdout) };
      throw error;
    },
  );
}

describe('npm run doctor', () => {
  it('asks each network of the running stage, which accepts the app and knows the callback, or reads what the app says of itself', async () => {
    const { code, said } = await command('local/doctor.ts');
    expect(code, said).toBe(0);
    for (const { network, title } of platforms) {
      const address = `${stack.apiUrl}/oauth/${network}`;
      expect(said).toMatch(new RegExp(`^ok {7}${title} accepts the app `, 'mu'));
      expect(said).toContain(selfDescribed.has(network) ? `ok       What ${title} reads about the app stands at ${address}/client-metadata.json.\n` : `ok       ${title} knows the callback ${address}/callback.\n`);
      expect(said).not.toContain(networkSettings(network, stack.sandboxUrl).app.clientSecret);
    }
    expect(said).not.toContain('PRIVATE KEY');
  });
});

describe('npm run redrive', () => {
  it('starts what the letters are about, removes them, publishes nothing twice and leaves what it cannot read', async () => {
    const { uploadId, title } = await publish();
    await settled(uploadId);
    const detail = { bucket: { name: stack.bucketName }, object: { key: keyOf(uploadId), size: 1 } };
    await deadLetter(trigger, JSON.stringify({ id: 'one', source: 'aws.s3', 'detail-type': 'Object Created', detail }));
    expect(await waiting(trigger)).toBe(1);
    expect(await redrive('trigger')).toEqual({ code: 0, said: 'Done with 1, left 0 in the queue.\n' });
    expect(await waiting(trigger)).toBe(0);
    const { executions = [] } = await stepFunctions.send(new ListExecutionsCommand({ stateMachineArn: stack.stateMachineArn }));
    expect(executions.filter((execution) => execution.name?.startsWith('redrive-'))).toHaveLength(1);

    await deadLetter(trigger, 'what is this?');
    const { code, said } = await redrive('trigger');
    expect([code, said]).toEqual([1, expect.stringMatching(/^Done with 0, left 1 in the queue\.\n\S+ stays: it is neither an event/u)]);
    expect(await waiting(trigger)).toBe(1);
    for (const network of networks) expect(await postsOf(network, title)).toHaveLength(1);
  });

  it('clears away runs of the job that were missed', async () => {
    await deadLetter(reconcile, JSON.stringify({ source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} }));
    expect(await redrive('reconcile')).toEqual({ code: 0, said: 'Done with 1, left 0 in the queue.\n' });
    expect(await waiting(reconcile)).toBe(0);
  });
});
