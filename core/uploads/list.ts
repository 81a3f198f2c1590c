import { timestamp } from '../clock.ts';
import { invalidField } from '../errors.ts';
import { limits } from '../limits.ts';
import type { Network, UploadWithDeliveries } from '../model.ts';
import type { Ports, UploadPlace } from '../ports/index.ts';
import { cursorAt, placeAt } from './cursor.ts';
import { statusOf } from './status.ts';
import type { PublicStatus } from './status.ts';

type ListPorts = Pick<Ports, 'store' | 'clock'>;

/** Which uploads of a tenant; null: whatever it is. */
export interface UploadFilters {
  readonly status: PublicStatus | null;
  /** One of the upload's accounts. */
  readonly accountId: string | null;
  /** The network of one of its accounts. */
  readonly network: Network | null;
  /** Somewhere in the title, upper or lower case. */
  readonly text: string | null;
  /** Inclusive bounds on the time of creation. */
  readonly from: string | null;
  readonly to: string | null;
}

/** A page by its cursor or by its number, from 1. */
export type PageChoice = { readonly cursor: string } | { readonly page: number };

export interface UploadPage {
  readonly uploads: readonly UploadWithDeliveries[];
  /** Names the page that goes on where this one stopped; null: there is nothing more. */
  readonly nextCursor: string | null;
  /** Null: it was not counted, since a filter looks into the uploads or there are too many within the bounds of time. */
  readonly total: number | null;
}

/**
 * A page of the tenant's uploads, newest first. It costs one query of the index and one an upload. Status, account, network and
 * text are looked for in the uploads themselves, at most 500 a request: such a page may be short or empty, and its cursor goes
 * on where reading stopped. Throws `validation_failed` for a page beyond the newest 1,000 uploads, or a cursor of another list.
 */
export async function listUploads(
  ports: ListPorts,
  tenantId: string,
  request: UploadFilters & { readonly pageSize: number; readonly at: PageChoice },
): Promise<UploadPage> {
  const { pageSize, at, ...filters } = request;
  const { from, to } = filters;
  const list = { tenantId, ...filters };
  const after = 'cursor' in at ? placeAt(at.cursor, list) : null;
  const skip = 'cursor' in at ? 0 : skippedBy(at.page, pageSize);
  const matches = matcher(filters, timestamp(ports.clock.now()));

  // One place more tells whether another page follows.
  const reach = matches === null ? skip + pageSize : limits.filteredUploads;
  const [places, total] = await Promise.all([
    ports.store.listUploads({ tenantId, from, to, after, limit: reach + 1 }),
    matches === null ? ports.store.countUploads({ tenantId, from, to, atMost: limits.countedUploads }) : null,
  ]);
  const reached = places.slice(0, reach);
  const { uploads, last } =
    matches === null
      ? await readAll(ports, reached.slice(skip))
      : await readMatching(ports, reached, { matches, skip, pageSize });
  const more = last !== null && last !== places.at(-1);
  return { uploads, nextCursor: more ? cursorAt(last, list) : null, total };
}

function skippedBy(page: number, pageSize: number): number {
  const skip = (page - 1) * pageSize;
  if (page > 1 && skip + pageSize > limits.pagedUploads) {
    const message = `Page numbers reach the newest ${limits.pagedUploads} uploads: go on with "cursor", which each page gives as "nextCursor".`;
    throw invalidField('page', 'too_far', message);
  }
  return skip;
}

type Matches = (record: UploadWithDeliveries) => boolean;

/** What the filters demand of an upload itself; null: nothing, the index alone answers them. */
function matcher({ status, accountId, network, text }: UploadFilters, now: string): Matches | null {
  if (status === null && accountId === null && network === null && text === null) return null;
  const wanted = text === null ? null : plain(text);
  return (record) =>
    (status === null || statusOf(record, now) === status) &&
    (accountId === null || record.deliveries.some((delivery) => delivery.accountId === accountId)) &&
    (network === null || record.deliveries.some((delivery) => delivery.network === network)) &&
    (wanted === null || plain(record.upload.title).includes(wanted));
}

/** Texts that look alike but for upper and lower case are alike. */
function plain(text: string): string {
  return text.normalize('NFC').toLowerCase();
}

/** What was read, and the place up to which the list was looked through; null: nothing was left to look at. */
interface Read {
  readonly uploads: readonly UploadWithDeliveries[];
  readonly last: UploadPlace | null;
}

async function readAll(ports: ListPorts, places: readonly UploadPlace[]): Promise<Read> {
  const uploads: UploadWithDeliveries[] = [];
  for (let start = 0; start < places.length; start += limits.readsAtOnce) {
    uploads.push(...(await readTogether(ports, places.slice(start, start + limits.readsAtOnce))).flatMap(({ record }) => record ?? []));
  }
  return { uploads, last: places.at(-1) ?? null };
}

/** Reads on until the page is full, passing over as many matches as the pages before it have. */
async function readMatching(
  ports: ListPorts,
  places: readonly UploadPlace[],
  { matches, skip, pageSize }: { readonly matches: Matches; readonly skip: number; readonly pageSize: number },
): Promise<Read> {
  const found: UploadWithDeliveries[] = [];
  for (let start = 0; start < places.length; start += limits.readsAtOnce) {
    for (const { place, record } of await readTogether(ports, places.slice(start, start + limits.readsAtOnce))) {
      if (record === null || !matches(record)) continue;
      found.push(record);
      if (found.length === skip + pageSize) return { uploads: found.slice(skip), last: place };
    }
  }
  return { uploads: found.slice(skip), last: places.at(-1) ?? null };
}

/** Null: taken back, though the index still shows it for a moment. */
function readTogether({ store }: ListPorts, places: readonly UploadPlace[]) {
  return Promise.all(places.map(async (place) => ({ place, record: await store.getUpload(place.uploadId) })));
}
