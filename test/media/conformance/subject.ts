import { expect } from 'vitest';
import { ulid } from 'ulid';
import { objectKey } from '../../../core/object-key.ts';
import type { MediaStore } from '../../../core/ports/index.ts';

/** A media store under test, and the world around it. */
export interface Subject {
  readonly media: MediaStore;
  /** What a client or a network does with a signed URL. */
  readonly fetch: (url: string, init?: RequestInit) => Promise<Response>;
  /** Lets signed URLs grow older. */
  readonly pass: (seconds: number) => Promise<void>;
}

export interface Target {
  readonly objectKey: string;
  readonly multipartId: string;
}

export const newKey = (): string =>
  objectKey({ tenantId: `ten_${ulid()}`, uploadId: `upl_${ulid()}`, contentType: 'video/mp4', fileName: 'a.mp4' });

/** What tests do over and over; `subject` is asked when a test runs. */
export function actions(subject: () => Subject) {
  const open = async (contentType = 'video/mp4'): Promise<Target> => {
    const key = { objectKey: newKey() };
    return { ...key, ...(await subject().media.openMultipart({ ...key, contentType })) };
  };

  const sign = async (target: Target, partNumber: number, contentLength: number, expiresIn = 60): Promise<string> => {
    const [signed] = await subject().media.signParts({ ...target, parts: [{ partNumber, contentLength }], expiresIn });
    expect(signed?.partNumber).toBe(partNumber);
    return signed?.url ?? '';
  };

  const send = (url: string, body: Uint8Array<ArrayBuffer>): Promise<Response> => subject().fetch(url, { method: 'PUT', body });

  const store = async (bytes: Uint8Array, contentType = 'video/mp4'): Promise<string> => {
    const target = await open(contentType);
    const part = await subject().media.putPart({ ...target, partNumber: 1, bytes });
    expect(await subject().media.completeMultipart({ ...target, parts: [part], size: bytes.length, timeout: 15 })).toBe('done');
    return target.objectKey;
  };

  return { open, sign, send, store };
}
