import type { Network } from './tenant.ts';

/** What a client says and sends before there is an upload. */

/** What a client says about an upload, after validation: the same in all flows. */
export interface UploadMetadata {
  readonly title: string;
  readonly description: string | null;
  /** Linked accounts of the tenant, without duplicates, in the order given. */
  readonly accounts: readonly string[];
  readonly scheduledOn: string | null;
  /** Native options by network, each valid under the schema of its connector. */
  readonly options: Readonly<Record<Network, unknown>>;
  readonly onViolation: 'reject' | 'skip_account';
}

export interface DeclaredFile {
  readonly fileName: string;
  /** Bytes. */
  readonly fileSize: number;
  readonly contentType: string;
  /** Lower-case hex SHA-256 of the whole file, when the client gave one. */
  readonly sha256: string | null;
}

export type SessionState = 'open' | 'completed' | 'aborted';

/** A staged transfer: one S3 multipart upload that is no upload, and no media, yet. */
export interface UploadSession {
  /** Lower-case hex SHA-256 of the session token. */
  readonly tokenHash: string;
  readonly tenantId: string;
  /** The id that the upload will have; its ULID is also that of the file, and in the object's key. */
  readonly uploadId: string;
  readonly fileId: string;
  readonly state: SessionState;
  /** Of the upload that it is for; null: the file is to be media by itself. */
  readonly metadata: UploadMetadata | null;
  readonly file: DeclaredFile;
  readonly objectKey: string;
  readonly multipartId: string;
  /** Bytes of each part but the last. */
  readonly partSize: number;
  readonly partCount: number;
  readonly createdAt: string;
  readonly expiresAt: string;
}
