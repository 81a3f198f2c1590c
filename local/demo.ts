import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { SingleBar } from 'cli-progress';
import * as z from 'zod';
import { awaitLinks, completeUpload, followUpload, stageFile, type UploadStatus } from './client.ts';
import type { RunningStack } from './fanfare.ts';
import { table, type Terminal } from './terminal.ts';

/** Bytes; the smallest that S3 takes, so that the demo clip goes up in two parts. */
const PART_SIZE = 5 * 1024 * 1024;
const FOLLOW_SECONDS = 15 * 60;
const LINK_SECONDS = 15;
const MB = 1_000_000;

/** What the demo needs to know of a stack. */
export type DemoStack = Pick<RunningStack, 'apiUrl' | 'apiKey' | 'sandboxUrl' | 'accounts' | 'externalIds'>;

export interface DemoResult {
  readonly uploadId: string;
  /** What is wrong with what the networks show; empty: each shows exactly one post, with the bytes of the file. */
  readonly faults: readonly string[];
}

const postsSchema = z.array(z.object({ accountId: z.string(), mediaSha256: z.array(z.string()) }));

/** Sends a video through the public API, follows it to the end, shows the outcome, and asks the networks themselves. */
export async function runDemo(stack: DemoStack, file: string, terminal: Terminal): Promise<DemoResult> {
  const sha256 = await sha256Of(file);
  const uploadId = await send(stack, file, sha256, terminal);
  const status = await terminal.step('Publishing', async (say) => {
    await followUpload(stack, uploadId, {
      timeout: FOLLOW_SECONDS,
      onStatus: ({ accounts }) => say(`Publishing: ${accounts.map((account) => `${account.platform} ${account.status}`).join(', ')}`),
    });
    return awaitLinks(stack, uploadId, LINK_SECONDS);
  });
  terminal.line();
  terminal.line(outcome(status));
  const faults = (await Promise.all(Object.keys(stack.accounts).map((network) => faultsOf(stack, network, sha256)))).flat();
  return { uploadId, faults };
}

async function send(stack: DemoStack, file: string, sha256: string, terminal: Terminal): Promise<string> {
  const { size } = statSync(file);
  terminal.line(`Sending ${basename(file)} in parts of 5 MiB`);
  const bar = new SingleBar({
    format: '  {bar} {percentage} % | {sent} of {size} MB',
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 40,
    hideCursor: true,
    noTTYOutput: true,
    notTTYSchedule: 1000,
    stream: process.stdout,
  });
  bar.start(size, 0, { sent: megabytes(0), size: megabytes(size) });
  try {
    const staged = await stageFile(stack, {
      file,
      title: `Fanfare demo: ${basename(file)}`,
      accounts: Object.values(stack.accounts),
      sha256,
      partSize: PART_SIZE,
      onProgress: (sent) => bar.update(sent, { sent: megabytes(sent) }),
    });
    return await completeUpload(stack, staged);
  } finally {
    bar.stop();
  }
}

function megabytes(bytes: number): string {
  return (bytes / MB).toFixed(1);
}

function outcome(status: UploadStatus): string {
  const rows = status.accounts.map((account) => [account.platform, account.accountId, account.status, account.externalId ?? '–', account.externalUrl ?? '–']);
  const reasons = status.accounts.flatMap(({ platform, errorCode, errorMessage }) => (errorCode === null ? [] : [`${platform}: ${errorCode}: ${errorMessage}`]));
  return [table([['network', 'account', 'status', 'external id', 'link'], ...rows]), ...reasons].join('\n');
}

async function faultsOf(stack: DemoStack, network: string, sha256: string): Promise<readonly string[]> {
  const answer = await fetch(`${stack.sandboxUrl}/_sandbox/${network}/posts`);
  if (!answer.ok) throw new Error(`The sandbox answered ${answer.status} when asked for the posts on ${network}.`);
  const posts = postsSchema.parse(await answer.json()).filter((post) => post.accountId === stack.externalIds[network]);
  if (posts.length !== 1) return [`${network} shows ${posts.length} posts, not one.`];
  const received = posts[0]?.mediaSha256 ?? [];
  return received.length === 1 && received[0] === sha256 ? [] : [`${network} received other bytes: SHA-256 ${received.join(', ') || 'none'}, not ${sha256}.`];
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
