/** The limits of the product, each in one place. What a network allows stands in its connector's rules. */

const KiB = 1024;
const MiB = 1024 * KiB;
const GiB = 1024 * MiB;
const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const limits = {
  /** Unicode code points. */
  title: 2200,
  description: 5000,
  fileName: 255,
  keyName: 100,
  /** Characters of an `Idempotency-Key`. */
  idempotencyKey: 255,
  /** Seconds for which the outcome of a request with an `Idempotency-Key` is kept. */
  idempotencyLife: DAY,
  /** Keys of a tenant that are neither revoked nor over. */
  keysPerTenant: 100,
  /** Seconds for which a key that was rotated goes on. */
  keyOverlap: 7 * DAY,
  keyOverlapDefault: DAY,
  /** Days for which a key that has ended is still listed. */
  endedKeysKept: 90,
  /** Seconds in which a person has to consent, and to choose. */
  linkLife: 15 * MINUTE,
  /** Seconds before the end of a link that nothing renews from which its owner is told: time for people who look in once a week. */
  relinkNotice: 14 * DAY,
  /** Characters of an address to which browsers are sent back. */
  redirectUrl: 2_000,
  /** Origins that a tenant may register for them. */
  redirectOrigins: 20,
  profileName: 100,
  /** Bytes of a form of ours that a browser sends while an account is linked, and characters of one of its fields: a handle has 253. */
  linkForm: 16 * KiB,
  linkField: 1_000,
  /** Bytes of `options` of a link request as JSON, and accounts that one choice may make. */
  linkOptions: 2 * KiB,
  linkedAtOnce: 25,
  /** Of what stands behind a consent, so many are shown for a choice, with so many characters of their names. */
  linkTargets: 300,
  targetName: 100,
  /** Accounts for whose limits a network is asked at the same time, when they have been linked. */
  limitsAskedAtOnce: 5,
  /** Uploads that fail in the very request that unlinks their account; the others fail when they are due. */
  failedByUnlinking: 500,
  /** Of those, so many at once. */
  unlinkedAtOnce: 20,
  /** Accounts of one upload: a DynamoDB transaction takes 100 items, and session, upload, quota and media are among them. */
  accounts: 90,
  /** Photos of one upload: the most that any network takes (TikTok). With the accounts they share the transaction. */
  photos: 35,
  accountsAndMedia: 90,
  /** Posts of a thread, the first included: each has its place in the delivery's item, which stays under 4 kB. */
  threadParts: 8,
  /** Seconds for which uploads may be made of a file: with a year's schedule and a week to retry, it ends before storage forgets everything. */
  mediaUsable: 21 * DAY,
  /** Bytes of a staged file, inclusive. */
  fileSize: 2 * GiB,
  /** Bytes of a file of captions: the text of hours. What a network takes of them stands in its rules. */
  captionsSize: 1_000_000,
  /** Bytes of a file that an option names: more than any network takes (Pinterest 10 MB, of a cover). */
  attachmentSize: 20_000_000,
  /** Files that the options of an upload name, of all networks together. */
  attachments: 30,
  /** Bytes of all options of an upload as JSON: with title and description the record stays far below DynamoDB's 400 kB. */
  options: 64 * KiB,
  /** Bytes of a part but the last, and parts of a multipart upload: S3's own limits (Amazon S3 User Guide, multipart upload limits). */
  partSizeMin: 5 * MiB,
  partSizeMax: 5 * GiB,
  partSizeDefault: 16 * MiB,
  partCount: 10_000,
  /** URLs of parts in one answer: a session may have 410 parts (2 GiB in 5 MiB parts), and a URL about 500 characters. */
  partWindow: 100,
  /** Seconds. */
  sessionLife: 7 * DAY,
  /** Seconds; presigned URLs die with the function's credentials, so they stay short and are signed anew. */
  partUrlLife: HOUR,
  /** Seconds for which a time in the past still means now. */
  scheduleGrace: 5 * MINUTE,
  /**
   * Bytes of a file in a one-request form. Lambda takes 6 MiB with the body in base64: 4,500,000 * 4/3 = 6,000,000, and
   * 291,456 stay for the other fields, the headers and the event around them.
   */
  formFile: 4_500_000,
  /** Bytes of all other fields of a form. */
  formFields: 128 * KiB,
  /** Bytes of a JSON body: the longest is a completion with 410 parts (2 GiB in 5 MiB parts) of about 100 bytes. */
  jsonBody: 256 * KiB,
  /** Nesting of a JSON body. */
  jsonDepth: 32,
  pageSize: 100,
  pageSizeDefault: 20,
  /** Page numbers reach so many of the newest uploads. */
  pagedUploads: 1_000,
  /** Uploads that one request reads at most while it filters by what stands in them. */
  filteredUploads: 500,
  /** Uploads between two times are counted so far: index entries of 200 bytes, of which DynamoDB counts 1 MB a request. */
  countedUploads: 10_000,
  /** Uploads that one request reads at the same time. */
  readsAtOnce: 25,
  /** Characters of a text that titles are searched for. */
  searchText: 100,
} as const;
