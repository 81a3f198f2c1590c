import { S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import type { TransferTools, Work } from '../core/ports/index.ts';
import { s3Reader } from '../media/s3/reader.ts';
import { platforms } from '../platforms/registry.ts';
import { httpTransport } from '../platforms/transport.ts';

/**
 * Pushes one file from a plain HTTP server to a stand-in, as the function does it, in a process of its own: prints how long it
 * took and how much memory the process ever had. Its argument says what is pushed from where to where.
 */
const task = z.object({ network: z.string(), size: z.int().positive(), from: z.url(), to: z.url() }).parse(JSON.parse(process.argv[2] ?? ''));

const platform = platforms.find(({ network }) => network === task.network);
if (platform === undefined) throw new Error(`There is no network ${task.network}.`);

const client = new S3Client({
  region: 'us-east-1',
  endpoint: task.from,
  forcePathStyle: true,
  credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
  requestChecksumCalculation: 'WHEN_REQUIRED',
  responseChecksumValidation: 'WHEN_REQUIRED',
});
const media = s3Reader({ client, bucket: 'bucket' });
const transport = httpTransport({ defaultTimeout: 60 });

let sent = 0;
const tools: TransferTools = {
  send: (request) => transport.send(request),
  accessToken: () => Promise.resolve('token'),
  binding: () => Promise.resolve(null),
  endpoints: { api: task.to, oauth: task.to },
  app: { clientId: 'app', clientSecret: 'secret' },
  now: () => new Date(),
  readRange: ({ objectKey }, start, end) => media.readRange({ objectKey, start, end }),
  streamRange: ({ objectKey }, start, length) => ({ length, open: () => media.openRange({ objectKey, start, end: start + length - 1 }) }),
  signGet: () => Promise.reject(new Error('Nothing is pulled here.')),
  keepLimits: () => Promise.resolve(),
  saveCheckpoint: (_data, bytes) => Promise.resolve(void (sent = bytes ?? sent)),
  hasTime: () => true,
  sleep: () => Promise.resolve(),
};
const work: Work = {
  upload: {
    uploadId: 'upl_1',
    kind: 'video',
    title: 'A title',
    description: null,
    media: [{ mediaId: 'med_1', objectKey: 'movie.mp4', fileName: 'movie.mp4', size: task.size, contentType: 'video/mp4', sha256: null, facts: null, image: null, inspectedAt: null }],
    attachments: [],
  },
  account: { accountId: 'acc_1', externalId: '1', name: 'Ada', limits: {} },
  options: undefined,
  checkpoint: null,
  attempts: { made: 0, doubtedSince: null },
};

const start = performance.now();
const outcome = await platform.transfer(work, tools);
const seconds = (performance.now() - start) / 1000;
if (outcome.kind !== 'ready') throw new Error(`The transfer ended otherwise: ${JSON.stringify(outcome)}`);
// `maxRSS` is in KiB.
console.log(JSON.stringify({ seconds, sent: outcome.bytesSent ?? sent, peak: process.resourceUsage().maxRSS * 1024 }));
process.exit(0);
