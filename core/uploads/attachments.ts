import { timestamp } from '../clock.ts';
import { limits } from '../limits.ts';
import { otherThan } from '../media/look.ts';
import type { Media, Network, StoredMedia } from '../model.ts';
import { MediaGone, type AttachmentType, type Connector, type Ports, type Probe, type Violation } from '../ports/index.ts';

type AttachmentPorts = Pick<Ports, 'store' | 'media' | 'clock'> & {
  readonly networks: { connector(network: Network): Pick<Connector, 'attachments'> | undefined };
};

/** The files that the options of an upload name. */
export interface Attachments {
  /** Those that may be used, each once. */
  readonly files: readonly Media[];
  /** Why the others may not, by network. */
  readonly violations: ReadonlyMap<Network, readonly Violation[]>;
}

/**
 * Looks for the stored files that options name, of these networks: each has to be the tenant's own, kept still, and of the type
 * that the option takes. They are small, so they are read here and now, and inspected with that. What the upload has already
 * (`held`) is good as it is.
 */
export async function findAttachments(
  ports: AttachmentPorts,
  tenantId: string,
  { options, networks, held = [] }: { readonly options: Readonly<Record<Network, unknown>>; readonly networks: readonly Network[]; readonly held?: readonly Media[] },
): Promise<Attachments> {
  const refs = [...new Set(networks)].flatMap((network) =>
    (ports.networks.connector(network)?.attachments?.(options[network]) ?? []).map((ref) => ({ ...ref, network, field: `options.${network}.${ref.path}` })),
  );
  const ids = [...new Set(refs.map(({ mediaId }) => mediaId))];
  if (ids.length > limits.attachments) {
    return { files: [], violations: new Map(refs.map(({ network }) => [network, [tooMany(`options.${network}`, ids.length)]])) };
  }

  const seen = await lookAtFiles(ports, tenantId, ids, held);
  const violations = new Map<Network, readonly Violation[]>();
  for (const { network, field, mediaId, takes } of refs) {
    const wrong = wrongWith(seen.get(mediaId) ?? 'unknown', takes, { field, mediaId });
    if (wrong !== null) violations.set(network, [...(violations.get(network) ?? []), wrong]);
  }
  // One that a network may not use is held for another one that may.
  const usable = new Set(refs.filter(({ field }) => ![...violations.values()].flat().some((wrong) => wrong.field === field)).map(({ mediaId }) => mediaId));
  return { files: ids.flatMap((mediaId) => (usable.has(mediaId) ? fileOf(seen.get(mediaId)) : [])), violations };
}

/** A file that was looked at, or why it could not be. */
type Seen = { readonly file: Media; readonly probe: Probe | null } | 'unknown' | 'gone' | 'not_ready' | 'too_large' | 'damaged';

function fileOf(seen: Seen | undefined): readonly Media[] {
  return typeof seen === 'object' ? [seen.file] : [];
}

async function lookAtFiles(ports: AttachmentPorts, tenantId: string, ids: readonly string[], held: readonly Media[]): Promise<ReadonlyMap<string, Seen>> {
  const known = new Map<string, Seen>(held.map((file) => [file.mediaId, { file, probe: null }]));
  const others = ids.filter((mediaId) => !known.has(mediaId));
  if (others.length === 0) return known;
  const stored = (await ports.store.getMediaFiles(others)).filter((file) => file.tenantId === tenantId);
  const looked = await Promise.all(stored.map(async (file) => [file.mediaId, await lookAt(ports, file)] as const));
  return new Map([...known, ...looked]);
}

async function lookAt({ media: storage, clock }: AttachmentPorts, stored: StoredMedia): Promise<Seen> {
  const at = timestamp(clock.now());
  if (stored.releasedAt !== null || stored.usableUntil <= at) return 'gone';
  if (stored.assembly !== null) return 'not_ready';
  if (stored.size > limits.attachmentSize) return 'too_large';
  const { mediaId, objectKey, fileName, size, sha256 } = stored;
  try {
    const probe = await storage.probe(objectKey);
    if (sha256 !== null && sha256 !== (await storage.sha256(objectKey))) return 'damaged';
    const image = probe.kind === 'image' ? probe.facts : null;
    return { file: { mediaId, objectKey, fileName, size, sha256, contentType: probe.contentType ?? stored.contentType, facts: null, image, inspectedAt: at }, probe };
  } catch (error) {
    if (error instanceof MediaGone) return 'gone';
    throw error;
  }
}

/** Null: the option may name it. */
function wrongWith(seen: Seen, takes: AttachmentType, { field, mediaId }: { readonly field: string; readonly mediaId: string }): Violation | null {
  const broken = (code: string, problem: string, remedy: string, limit: number | null = null): Violation => ({
    field,
    code,
    message: `${problem} ${remedy}`,
    value: mediaId,
    limit,
    unit: limit === null ? null : 'bytes',
    remedy,
  });
  switch (seen) {
    case 'unknown':
      return broken('media_unknown', `The file ${mediaId} is not stored here.`, 'Send it with POST /api/media first.');
    case 'gone':
      return broken('media_gone', `The file ${mediaId} is not kept any more.`, 'Send it again with POST /api/media.');
    case 'not_ready':
      return broken('media_not_ready', `Storage is still putting the file ${mediaId} together.`, 'Try again in a few seconds.');
    case 'damaged':
      return broken('media_damaged', `The file ${mediaId} has not the SHA-256 that was declared for it.`, 'Send it again with POST /api/media.');
    case 'too_large':
      return broken('too_large', `The file ${mediaId} has more bytes than any option takes.`, 'Send a smaller one.', limits.attachmentSize);
    default: {
      if (isA(takes, seen)) return null;
      const { code, wanted, send } = WANTED[takes];
      return broken(code, seen.probe === null ? `The file ${mediaId} is not ${wanted}.` : otherThan(wanted, seen.probe), `Name ${send}.`);
    }
  }
}

const WANTED = {
  image: { code: 'not_an_image', wanted: 'an image', send: 'an image, such as JPEG' },
  captions: { code: 'not_captions', wanted: 'a file of captions', send: 'captions, WebVTT or SubRip' },
} as const;

function isA(takes: AttachmentType, { file, probe }: Exclude<Seen, string>): boolean {
  // What the upload has already was looked at when it came.
  if (probe === null) return (takes === 'image') === (file.image !== null);
  return probe.kind === takes;
}

function tooMany(field: string, count: number): Violation {
  const problem = `The options of an upload name at most ${limits.attachments} files, these name ${count}.`;
  const remedy = 'Leave some out.';
  return { field, code: 'too_many', message: `${problem} ${remedy}`, value: count, limit: limits.attachments, unit: 'items', remedy };
}
