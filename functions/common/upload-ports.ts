import type { Log } from '../../core/ports/index.ts';
import type { UploadPorts } from '../../core/uploads/ports.ts';
import { s3Media } from '../../media/s3.ts';
import { platforms } from '../../platforms/registry.ts';
import { readEnvironment } from '../environment.ts';
import { s3Client } from './clients.ts';
import type { recordPorts } from './record-ports.ts';

/** What the groups that create uploads work with besides: storage, and the rules of the networks. */
export function uploadPorts(records: ReturnType<typeof recordPorts>): (log: Log) => UploadPorts {
  const { BUCKET_NAME: bucket, PLAN: defaultPlan } = readEnvironment(['BUCKET_NAME', 'PLAN']);
  const media = s3Media({ client: s3Client(), bucket });
  const byName = new Map(platforms.map((platform) => [platform.network, platform]));
  const networks = { connector: (network: string) => byName.get(network) };
  return (log) => ({ ...records, defaultPlan, media, networks, log });
}
