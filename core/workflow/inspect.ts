import { isToldByNetwork } from '../account-limits.ts';
import { timestamp } from '../clock.ts';
import { isOf, wrongKind } from '../media/look.ts';
import { isTerminal, type Account, type Delivery, type DeliveryError, type Kind, type Media, type Upload } from '../model.ts';
import { MediaGone, type Networks, type Ports, type Probe, type Violation } from '../ports/index.ts';
import { ownError } from '../publishing/troubles.ts';
import { violationError, violationsOf } from '../publishing/subject.ts';
import type { Plan, PlanInput } from '../workflow.ts';
import { plan } from './plan.ts';

interface InspectPorts extends Pick<Ports, 'store' | 'media' | 'events' | 'clock' | 'times' | 'log'> {
  readonly networks: Pick<Networks, 'connector'>;
}

/**
 * Looks at the files of an upload: they have to be what was declared, and a video. What is wrong with a file fails every
 * delivery; what only one network does not take fails the deliveries there. Then says what the execution does next.
 * Repeating it is harmless.
 */
export async function inspect(ports: InspectPorts, input: PlanInput): Promise<Plan> {
  const record = await ports.store.getUpload(input.uploadId);
  const mine = record?.upload.claim?.execution === input.execution;
  if (record === null || !mine) return plan(ports, input);
  const open = record.deliveries.filter((delivery) => !isTerminal(delivery.status));
  if (open.length === 0) return plan(ports, input);

  const at = timestamp(ports.clock.now());
  const findings = await Promise.all(record.upload.media.map((media) => lookAt(ports, record.upload.kind, media, at)));
  const media = findings.map((finding) => finding.media);
  const wrong = findings.find((finding) => finding.error !== null)?.error ?? null;
  const upload: Upload = { ...record.upload, media };
  const { uploadId, execution } = input;
  const accounts = await ports.store.getAccounts(upload.tenantId, open.map((delivery) => delivery.accountId));
  for (const delivery of open) {
    const account = accounts.find(({ accountId }) => accountId === delivery.accountId);
    const error = wrong ?? brokenRule(ports, upload, account);
    if (error !== null) await fail(ports, delivery, execution, error);
  }
  await ports.store.recordInspection({ uploadId, execution, media, at });
  return plan(ports, input);
}

/** `media` counts as inspected only if there is nothing wrong with it: a retry looks at it anew. */
interface Finding {
  readonly media: Media;
  readonly error: DeliveryError | null;
}

async function lookAt({ media: storage }: Pick<Ports, 'media'>, kind: Kind, media: Media, at: string): Promise<Finding> {
  if (media.inspectedAt !== null) return { media, error: null };
  const refused = (message: string): Finding => ({ media, error: ownError('media_rejected', message) });
  try {
    const stored = await storage.head(media.objectKey);
    if (stored === null) return refused(GONE);
    if (stored.size !== media.size) {
      return refused(`The file has ${stored.size} bytes, ${media.size} were declared. Send it again as a new upload.`);
    }
    const probe = await storage.probe(media.objectKey);
    if (!isOf(kind, probe)) {
      const { reason, remedy } = wrongKind(kind, probe);
      return refused(`${reason} ${remedy}`);
    }
    const digest = media.sha256 === null ? null : await storage.sha256(media.objectKey);
    if (digest !== media.sha256) {
      return refused(
        `The SHA-256 of the file is ${digest}, ${media.sha256} was declared: it was damaged, or another one was sent. Send it again as a new upload.`,
      );
    }
    return { media: { ...media, ...factsOf(probe), inspectedAt: at }, error: null };
  } catch (error) {
    if (error instanceof MediaGone) return refused(GONE);
    throw error;
  }
}

function factsOf(probe: Probe): Partial<Pick<Media, 'contentType' | 'facts' | 'image'>> {
  switch (probe.kind) {
    case 'video':
      return { contentType: probe.contentType, facts: probe.facts };
    case 'image':
      return { contentType: probe.contentType, image: probe.facts };
    case 'captions':
    case 'other':
      return {};
  }
}

const GONE = 'The file is not stored any more. Send it again as a new upload.';

function brokenRule({ networks }: InspectPorts, upload: Upload, account: Account | undefined): DeliveryError | null {
  const connector = account === undefined ? undefined : networks.connector(account.network);
  // Whether there is an account and a network to publish to is decided when it is due: until then it may be linked again.
  if (account === undefined || connector === undefined) return null;
  // What only the account's own limits forbid, the network is asked about first, when it is due: they may have changed.
  const isOwn = ({ code }: Violation): boolean => Object.hasOwn(account.limits, code.slice(code.indexOf('.') + 1));
  const [first, ...others] = violationsOf(upload, account, connector).filter((violation) => !(isOwn(violation) && isToldByNetwork(connector, violation)));
  return first === undefined ? null : violationError(first, ...others);
}

/** As a step of its own, so that a person's edit in between wins. */
async function fail({ store, clock }: InspectPorts, delivery: Delivery, execution: string, error: DeliveryError): Promise<void> {
  const ref = { uploadId: delivery.uploadId, accountId: delivery.accountId };
  const at = timestamp(clock.now());
  const begun = await store.beginStep(ref, { revision: delivery.revision, execution, at });
  if (begun.moved) await store.fail(ref, { fence: begun.delivery.fence, error, at });
}
