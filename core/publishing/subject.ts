import type { Account, Checkpoint, DeliveryError, Upload } from '../model.ts';
import type { Connector, MediaTools, NetworkTools, Violation, Work } from '../ports/index.ts';
import { attemptsBefore } from '../sequels.ts';
import { accountTokens, type AccountTokens } from '../tokens.ts';
import { optionsFor } from '../uploads/options.ts';
import { networkGate, type Gate } from './gate.ts';
import { attemptAtHand, secondsLeft, type Step } from './step.ts';
import { ACCOUNT_UNLINKED, ownError } from './troubles.ts';

/** Everything that a step needs to talk to the network about its delivery. */
export interface Subject {
  readonly upload: Upload;
  readonly account: Account;
  readonly connector: Connector;
  readonly tokens: AccountTokens;
  readonly gate: Gate;
  readonly tools: NetworkTools & MediaTools;
  /** The same without a way to send: what the visible call may use beside its one request. */
  readonly silentTools: Omit<NetworkTools & MediaTools, 'send'>;
}

/** Reads what the delivery is about; an error if there is nobody to publish for. Throws if a network is not configured. */
export async function subjectOf(step: Step): Promise<Subject | DeliveryError> {
  const { ports, ref, delivery } = step;
  const record = await ports.store.getUpload(ref.uploadId);
  if (record === null) throw new Error(`The delivery ${ref.uploadId}/${ref.accountId} has no upload.`);
  const connector = ports.networks.connector(delivery.network);
  if (connector === undefined) return ownError('internal_error', `This installation does not publish to ${delivery.network} any more.`);
  const { account, ...stops } = await ports.store.getAccountWithStops({ tenantId: delivery.tenantId, accountId: ref.accountId, network: delivery.network });
  if (account === null) return ACCOUNT_UNLINKED;
  const settings = await ports.networks.settings(delivery.network);

  const gate = networkGate(step, stops, settings.endpoints);
  const sendQuietly: NetworkTools['send'] = async (request) => {
    const left = secondsLeft(step) - ports.times.receiptReserve;
    if (left <= 0) return { kind: 'never_sent', reason: 'no time is left in this step' };
    const wanted = request.timeout ?? ports.times.networkCall;
    const sentAt = ports.clock.now();
    const result = await ports.transport.send({ ...request, timeout: Math.min(wanted, left) });
    // With less time than it needs, a call that comes to nothing says nothing of the network.
    if (result.kind === 'answered' || wanted <= left) gate.heard(request, result, sentAt);
    return result;
  };
  const send: NetworkTools['send'] = async (request) => {
    const result = await sendQuietly(request);
    await gate.tell();
    return result;
  };
  const known = { ...settings, now: () => ports.clock.now() };
  // Nothing is written between a new token and the storing of it.
  const tokens = accountTokens(ports, account, connector, { ...known, send: sendQuietly });
  const silentTools: Subject['silentTools'] = {
    ...known,
    accessToken: () => tokens.accessToken(),
    binding: () => tokens.binding(),
    readRange: ({ objectKey }, start, end) => ports.media.readRange({ objectKey, start, end }),
    streamRange: ({ objectKey }, start, length) => ({ length, open: () => ports.media.openRange({ objectKey, start, end: start + length - 1 }) }),
    signGet: (media, expiresIn) => ports.media.signGet({ objectKey: media.objectKey, expiresIn }),
  };
  return { upload: record.upload, account, connector, tokens, gate, silentTools, tools: { ...silentTools, send } };
}

/** Whether the delivery's checkpoint is of the form that this release of the connector writes. */
export function checkpointFits(step: Step, connector: Connector): boolean {
  const checkpoint = checkpointAtHand(step);
  // For a sequel there may be nothing to prepare.
  return checkpoint === null ? step.sequel !== null : checkpoint.version === connector.checkpointVersion;
}

/** Of the post, or of the sequel at hand. */
export function checkpointAtHand({ delivery, sequel }: Step): Checkpoint | null {
  return (sequel === null ? delivery.checkpoint : delivery.sequels[sequel]?.checkpoint) ?? null;
}

/** The work as the connector sees it now. A checkpoint of another form is thrown away: what is lost with it is invisible. */
export function workOf(step: Step, { upload, account, connector }: Subject): Work {
  const { uploadId, kind, title, description, media, attachments } = upload;
  const before = attemptsBefore(step.delivery, step.sequel);
  const { n } = attemptAtHand(step);
  const proofs = step.delivery.proofs.filter(({ attempt }) => attempt > before && attempt <= n);
  return {
    upload: { uploadId, kind, title, description, media, attachments },
    account: { accountId: account.accountId, externalId: account.externalId, name: account.name, limits: account.limits },
    options: optionsFor(upload.options, account, connector),
    checkpoint: checkpointFits(step, connector) ? (checkpointAtHand(step)?.data ?? null) : null,
    attempts: { made: Math.max(0, n - before), doubtedSince: proofs.find(({ kind: proof }) => proof === 'absent' || proof === 'forced')?.at ?? null },
  };
}

/** The rules of the network that upload and account break as they are now. */
export function violationsOf(upload: Upload, account: Account, connector: Pick<Connector, 'violations' | 'dependentOptions'>): readonly Violation[] {
  return connector.violations({
    kind: upload.kind,
    title: upload.title,
    description: upload.description,
    options: optionsFor(upload.options, account, connector),
    files: upload.media.map(({ size, contentType, image }) => ({ size, contentType, image })),
    attachments: upload.attachments,
    facts: upload.media[0]?.facts ?? null,
    limits: account.limits,
  });
}

/** A broken rule as the reason for which a delivery fails, with the rule's id. */
export function violationError(first: Violation, ...others: readonly Violation[]): DeliveryError {
  const all = [first, ...others];
  const code = all.every((violation) => isAboutFile(violation.field)) ? 'media_rejected' : 'metadata_rejected';
  return ownError(code, all.map((violation) => `${violation.message} (${violation.code})`).join(' '));
}

/** Fields of a request that describe the file; all others are what a person wrote, or chose. */
function isAboutFile(field: string): boolean {
  return /^(?:file|contentType|media)/u.test(field);
}
