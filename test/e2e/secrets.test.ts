import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { paginateGetExecutionHistory, paginateListExecutions, SFNClient } from '@aws-sdk/client-sfn';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { stackNames } from '../../lib/names.ts';
import { clientSettings } from '../../local/aws.ts';
import { collectFunctionLogs } from '../../local/function-logs.ts';
import { embeddedMetrics } from '../functions/support/embedded-metrics.ts';
import { call } from './support/api.ts';
import { foundIn, remember, rememberApps, remembered } from './support/canaries.ts';
import { accountLinked, rememberTokens } from './support/linking.ts';
import { addFault, addPerson, clearFaults } from './support/sandbox.ts';
import { stack } from './support/stack.ts';
import { publish, putPart, sessionRequest, settled, smallClip } from './support/uploads.ts';

/**
 * Runs after all other files: looks at what all of them have left in the logs, and searches these, histories of executions and the
 * table for secrets, those that are known and everything that has the form of one. It adds uploads of its own whose networks quote secrets at us.
 */

const settings = clientSettings({ endpoint: stack.awsEndpoint });
const stepFunctions = new SFNClient(settings);
/** At most so many executions' histories of a machine are read: those of the newest, which have the linked accounts' among them. */
const EXECUTIONS = 1_000;
const AT_ONCE = 20;
const CANARY = 'c4n4ryC4N4RYc4n4ry0123456789';

/** None begins in the middle of a word: in what is encrypted, and written in base64, everything of three letters comes up some day. */
const FORMS: Readonly<Record<string, RegExp>> = {
  'an API key': /(?<![\w+/-])fan_[0-9A-Za-z]{20,}/u,
  'a session token': /(?<![\w+/-])st_[0-9A-Za-z_-]{30,}/u,
  'a JWT': /eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}/u,
  'a signed address': /X-Amz-(?:Signature|Credential|Security-Token)=(?!\[removed\])/u,
  'a token of Google': /(?<![\w+/-])(?:ya29\.|1\/\/0)[\w-]{16,}/u,
  'a token of Meta': /(?<![\w+/-])(?:EAA|IGAA|IGQ)[A-Za-z0-9]{40,}/u,
};

remember({ 'the key': stack.apiKey, 'the session': stack.jwt, 'what a network quoted': CANARY });
rememberApps();

/** What every line of a function's log has. */
const logged = z.looseObject({ time: z.iso.datetime(), level: z.enum(['info', 'warn', 'error']), message: z.string().min(1), requestId: z.string().min(1), _aws: z.unknown().optional() });

/** What Lambda, or what stands in for it, writes into the log of a function. */
const PLATFORM = /^(?:(?:START|END|REPORT) RequestId: |Worker process died$|\S+ \S+ Task timed out after )/u;

/** What it writes of the error of a state that died, after our own line about that. */
const THROWN = /^(?:\w*Error: |\s+at )/u;

/** Lines of which an invocation has one. */
const SUMMARIES: ReadonlySet<string> = new Set(['request', 'state_left', 'state_died', 'input_not_understood', 'reconciled', 'job_died', 'vault_answered', 'vault_died']);

async function historyOf(executionArn: string): Promise<string> {
  const pages: string[] = [];
  for await (const { events = [] } of paginateGetExecutionHistory({ client: stepFunctions }, { executionArn })) pages.push(JSON.stringify(events));
  return pages.join('\n');
}

/** Everything that the functions have logged until now. */
async function logs(): Promise<string> {
  const file = join(stack.directory, 'functions-searched.log');
  await collectFunctionLogs(new CloudWatchLogsClient(settings), stackNames({ name: 'fanfare', stage: stack.stage }).app, file);
  return readFile(file, 'utf8');
}

/** Names of the forms that the text has somewhere. */
function formsIn(text: string): readonly string[] {
  return Object.keys(FORMS).filter((what) => FORMS[what]?.test(text) === true);
}

function expectNoSecret(where: string, text: string): void {
  expect(text.length, where).toBeGreaterThan(1_000);
  expect(foundIn(text, remembered()), where).toEqual([]);
  // Their places in the text are not shown: the report of a test is read by more people than the log.
  expect(formsIn(text), where).toEqual([]);
}

beforeAll(async () => {
  const leak = `access_token=${CANARY} https://rupload/x?X-Amz-Signature=${CANARY} Bearer ${CANARY}`;
  const error = { message: leak, type: 'OAuthException', code: 25, error_subcode: 2207050, is_transient: false, fbtrace_id: 'A1' };
  await addFault({ network: 'instagram', operation: 'container.create', effect: 'refuse', times: 1, status: 400, body: { error } });
  await addFault({ network: 'youtube', operation: 'upload.last-slice', effect: 'refuse', times: 1, status: 503, body: leak });
  const { uploadId } = await publish();
  const { body: session } = await call('POST', '/api/upload/presign-put', sessionRequest(smallClip));
  await putPart(session.uploadUrl, smallClip);
  const staged = { sessionToken: session.sessionToken, parts: [] };
  remember({ 'the session token': session.sessionToken, 'the address of a part': session.uploadUrl });
  for (const [network, accountId] of Object.entries(stack.accounts)) await rememberTokens(stack, network, accountId);
  for (const network of ['youtube', 'x']) await accountLinked(stack, network, await addPerson(network, 'Ada'));
  await call('POST', '/api/upload/complete', { ...staged, parts: [{ partNumber: 7, eTag: CANARY }] });
  await call('POST', '/api/upload/abort', { sessionToken: `${staged.sessionToken}x` });
  await call('POST', `/api/upload/abort?access_token=${CANARY}`, { sessionToken: staged.sessionToken, [CANARY]: CANARY });
  await call('GET', '/uploads', undefined, { jwt: `${stack.jwt}x` });
  await call('GET', '/uploads', undefined, { apiKey: `${stack.apiKey}x` });
  await settled(uploadId);
  await clearFaults();
});

describe('the search', () => {
  it('finds the secrets of this stage by their forms as well', () => {
    const canaries = remembered();
    expect(new Set(canaries.flatMap(({ secret }) => formsIn(secret)))).toEqual(new Set(Object.keys(FORMS)));
    expect(canaries.filter(({ secret }) => secret.length < 16).map(({ what }) => what)).toEqual([]);
    const addresses = canaries.map(({ secret }) => new URLSearchParams({ secret }).toString());
    expect(foundIn(addresses.join('&'), canaries)).toHaveLength(canaries.length);
  });
});

describe('the logs', () => {
  it('have one line that sums up each request and each run of the job, and nothing but lines of JSON', async () => {
    const groups = new Map<string, { begun: number; summedUp: number; last: string }>();
    for (const line of (await logs()).trimEnd().split('\n')) {
      const [, name = '', text = ''] = /^\S+ (\S+) (.*)$/u.exec(line) ?? [];
      const group = groups.get(name) ?? { begun: 0, summedUp: 0, last: '' };
      groups.set(name, group);
      if (text.startsWith('START ')) group.begun += 1;
      if (PLATFORM.test(text) || (group.last === 'state_died' && THROWN.test(text))) continue;
      const said = logged.parse(JSON.parse(text));
      if (said._aws !== undefined) embeddedMetrics.parse(said);
      group.last = said.message;
      if (SUMMARIES.has(said.message)) group.summedUp += 1;
    }
    expect(groups.size).toBeGreaterThan(5);
    for (const [name, { begun, summedUp }] of groups) {
      // Tests kill steps, and let them run out of time. Of other functions the emulator loses what they write later than 50 ms after their
      // answer, which happens to a few on a machine that is busy.
      if (name.startsWith('Workflow')) expect([name, summedUp <= begun && summedUp > 0]).toEqual([name, true]);
      else expect([name, begun, summedUp <= begun && summedUp >= begun - Math.max(3, begun / 50)]).toEqual([name, begun, true]);
    }
  });
});

describe('no secret stands', () => {
  it('in the logs of the functions', async () => {
    const text = await logs();
    expect(text).toContain('"message":"state_left"');
    expectNoSecret('the logs', text);
  });

  it.each([
    ['uploads', stack.stateMachineArn],
    ['deliveries', stack.accountStateMachineArn],
  ])('in the histories of the executions of %s', async (what, stateMachineArn) => {
    const histories: string[] = [];
    for await (const { executions = [] } of paginateListExecutions({ client: stepFunctions, pageSize: AT_ONCE }, { stateMachineArn })) {
      histories.push(...(await Promise.all(executions.map(({ executionArn = '' }) => historyOf(executionArn)))));
      if (histories.length >= EXECUTIONS) break;
    }
    expectNoSecret(`the histories of ${what}`, histories.join('\n'));
  });

  it('in the dead letters', async () => {
    const queues = new SQSClient(settings);
    for (const [name, QueueUrl] of Object.entries(stack.deadLetterQueues)) {
      const { Messages = [] } = await queues.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 0, MessageAttributeNames: ['All'] }));
      expect(foundIn(JSON.stringify(Messages), remembered()), name).toEqual([]);
    }
  });

  it('in the table', async () => {
    const items: string[] = [];
    const table = paginateScan({ client: new DynamoDBClient(settings) }, { TableName: stack.tableName });
    for await (const { Items = [] } of table) items.push(...Items.map((item) => JSON.stringify(item)));
    expectNoSecret('the table', items.join('\n'));
  });
});
