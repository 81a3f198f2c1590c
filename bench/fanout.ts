import { SFNClient } from '@aws-sdk/client-sfn';
import { join } from 'node:path';
import * as z from 'zod';
import { clientSettings } from '../local/aws.ts';
import { completeUpload, followUpload, stageFile } from '../local/client.ts';
import type { RunningStack } from '../local/fanfare.ts';
import { root } from '../local/paths.ts';
import { linkSandboxAccount } from '../local/sandbox-account.ts';
import { median, type Figure } from './figure.ts';
import { countTransitions } from './transitions.ts';

const RUNS = 5;
const WARM_UPS = 5;
const MANY = 10;
/** Bytes; the clip is smaller, so it goes up in one part. */
const PART_SIZE = 5 * 1024 * 1024;

/** The publish call of each network, as the sandbox names it. */
const publishCalls: Readonly<Record<string, string>> = { youtube: 'upload.last-slice', instagram: 'media.publish' };

const callsSchema = z.array(z.object({ operation: z.string(), at: z.iso.datetime().transform((at) => Date.parse(at)) }));

/**
 * How the time from the completed file to the last publish call grows with the accounts, and how many state transitions an
 * upload takes. Warm, on a stack whose stand-ins process at once.
 */
export async function fanOutFigures(stack: RunningStack): Promise<readonly Figure[]> {
  const networks = Object.keys(publishCalls);
  const accounts: string[] = [];
  for (let i = 0; i < MANY; i += 1) {
    const network = networks[i % networks.length] ?? '';
    accounts.push((await linkSandboxAccount(stack, network, { name: `Bench ${i + 1}` })).accountId);
  }
  const one: number[] = [];
  const many: number[] = [];
  for (let run = 0; run < WARM_UPS + RUNS; run += 1) {
    // The one account takes turns between the networks, so that both counts hold the same mixture.
    const alone = await publishOnce(stack, accounts.slice(run % networks.length, (run % networks.length) + 1));
    const together = await publishOnce(stack, accounts);
    if (run < WARM_UPS) continue;
    one.push(alone.milliseconds);
    many.push(together.milliseconds);
  }
  const three = await publishOnce(stack, accounts.slice(0, 3));
  const client = new SFNClient(clientSettings({ endpoint: stack.awsEndpoint }));
  const transitions = await countTransitions(client, stack, three.uploadId);
  console.log(`  completion to the last publish call, median of ${RUNS}: 1 account ${median(one).toFixed(0)} ms, ${MANY} accounts ${median(many).toFixed(0)} ms`);
  return [
    { name: `completion to the last publish call, ${MANY} accounts against 1`, value: median(many) / median(one), unit: 'x', goal: { max: 1.5 } },
    { name: 'state transitions of an upload to 3 accounts', value: transitions, unit: '', goal: { max: 30 } },
  ];
}

/** Publishes the small clip and gives the time from the completion of its file to the last publish call that a network received. */
async function publishOnce(stack: RunningStack, accounts: readonly string[]): Promise<{ uploadId: string; milliseconds: number }> {
  const staged = await stageFile(stack, {
    file: join(root, 'local/demo-small.mp4'),
    title: `Bench ${Date.now()}`,
    accounts,
    partSize: PART_SIZE,
  });
  const began = Date.now();
  const uploadId = await completeUpload(stack, staged);
  const status = await followUpload(stack, uploadId, { timeout: 120 });
  if (status.status !== 'Uploaded') throw new Error(`The upload ${uploadId} ended as ${status.status}: ${JSON.stringify(status.accounts)}`);
  let last = 0;
  for (const [network, operation] of Object.entries(publishCalls)) {
    const answer = await fetch(`${stack.sandboxUrl}/_sandbox/${network}/calls`, { signal: AbortSignal.timeout(10_000) });
    for (const call of callsSchema.parse(await answer.json())) {
      if (call.operation === operation) last = Math.max(last, call.at);
    }
  }
  if (last < began) throw new Error(`No network received a publish call of ${uploadId}.`);
  return { uploadId, milliseconds: last - began };
}
