import { systemClock } from '../../core/clock.ts';
import type { Events, MediaReader, MediaStore, Networks, Ports } from '../../core/ports/index.ts';
import type { StepPorts } from '../../core/publishing/step.ts';
import { s3Media } from '../../media/s3.ts';
import { s3Reader } from '../../media/s3/reader.ts';
import { platforms } from '../../platforms/registry.ts';
import { httpTransport } from '../../platforms/transport.ts';
import { kmsCipher } from '../../store/kms-cipher.ts';
import { eventBridgeClient, kmsClient, s3Client, ssmClient } from '../common/clients.ts';
import type { InvocationLog } from '../common/log.ts';
import { observedStore } from '../common/observed-store.ts';
import { recordPorts } from '../common/record-ports.ts';
import { readEnvironment } from '../environment.ts';
import { eventBridgeEvents } from './events.ts';
import { keyedUrls } from './media-domain.ts';
import { configuredNetworks } from './networks.ts';
import { secretReader } from './secrets.ts';

/** The ports of the workflow's functions, made once per cold start. Each function asks only for what it needs and may use. */

export function mediaPort(): MediaStore {
  return s3Media({ client: s3Client(), bucket: readEnvironment(['BUCKET_NAME']).BUCKET_NAME });
}

/** Of it what publishing needs. */
function readerPort(): MediaReader {
  return s3Reader({ client: s3Client(), bucket: readEnvironment(['BUCKET_NAME']).BUCKET_NAME });
}

export function eventsPort(): Events {
  return eventBridgeEvents({ client: eventBridgeClient(), busName: readEnvironment(['EVENT_BUS_NAME']).EVENT_BUS_NAME });
}

/** The rules of the networks, without the operator's settings. */
export function rulesPort(): Pick<Networks, 'connector'> {
  const byName = new Map(platforms.map((platform) => [platform.network, platform]));
  return { connector: (network) => byName.get(network) };
}

/** What records of uploads need to be planned, ended and announced. */
export function planningPorts(): (log: InvocationLog) => Pick<Ports, 'store' | 'clock' | 'ids' | 'times' | 'events' | 'log'> {
  const ports = { ...recordPorts(), events: eventsPort() };
  return (log) => ({ ...ports, store: observedStore(ports.store, log), log });
}

/** Everything that a step works with: these two functions alone may decrypt tokens and talk to networks. */
export function stepPorts(): (log: InvocationLog) => StepPorts {
  const { TOKEN_KEY_ARN, NETWORKS, MEDIA_DOMAIN } = readEnvironment(['TOKEN_KEY_ARN', 'NETWORKS', 'MEDIA_DOMAIN']);
  const records = recordPorts();
  const secret = secretReader({ ssm: ssmClient, clock: systemClock });
  const ports = {
    ...records,
    media: { ...readerPort(), ...(MEDIA_DOMAIN === null ? {} : { signGet: keyedUrls(MEDIA_DOMAIN, { secret, clock: systemClock }) }) },
    cipher: kmsCipher({ client: kmsClient(), keyArn: TOKEN_KEY_ARN }),
    networks: configuredNetworks({ platforms, configured: NETWORKS, secret }),
    transport: httpTransport({ defaultTimeout: records.times.networkCall }),
    sleep: (seconds: number) => new Promise<void>((resolve) => void setTimeout(resolve, seconds * 1000)),
    random: Math.random,
  };
  return (log) => ({ ...ports, store: observedStore(ports.store, log), log });
}
