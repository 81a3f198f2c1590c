import { createHash } from 'node:crypto';
import * as z from 'zod';
import { timestamp } from '../../core/clock.ts';
import { json, mediaType, oddParameter } from '../http.ts';
import { multipartParts } from '../multipart.ts';
import { randomDigits, randomText } from '../random.ts';
import type { Answer, Call, World } from '../stand-in.ts';
import type { Account } from './accounts.ts';
import { parseBody } from './bodies.ts';
import { isFit } from './check.ts';
import { CODES, invalid, refuse, refuseForm } from './errors.ts';

/** A video that was registered, and its bytes once they have come. Nobody sees it. */
interface Video {
  readonly id: string;
  readonly account: Account;
  /** What lets its bytes in, until then. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly policyEndsAt: number;
  /** Null: its bytes are not there. */
  file: { readonly at: number; readonly sha256: string; readonly fit: boolean } | null;
}

export interface MediaLibrary {
  /** `POST /v5/media`. */
  register(call: Call, account: Account): Answer;
  /** `POST` to the storage: a form, whose policy is all that it asks for. */
  upload(call: Call): Answer;
  /** `GET /v5/media/{media_id}`. */
  read(call: Call, account: Account, id: string): Answer;
  /** The digest of a video that a pin may be made of; refuses any other. */
  usable(id: string, account: Account): string;
  clear(): void;
}

/** Seconds. */
const POLICY_LIFE = 3600;
/** Bytes, by the policy. */
const SIZE_MAX = 2_000_000_000;

const registerSchema = z.strictObject({ media_type: z.literal('video') });

export function createMedia(world: World): MediaLibrary {
  const videos = new Map<string, Video>();
  const byKey = new Map<string, Video>();
  const now = () => world.clock.now().getTime();

  function find(id: string, account: Account): Video {
    const video = videos.get(id);
    if (video === undefined || video.account !== account) throw refuse(404, CODES.resource, 'Media not found.');
    return video;
  }

  function statusOf({ file }: Video): 'registered' | 'processing' | 'succeeded' | 'failed' {
    if (file === null) return 'registered';
    if (now() < file.at + world.processingSeconds * 1000) return 'processing';
    return file.fit ? 'succeeded' : 'failed';
  }

  return {
    register(call, account) {
      parseBody(call, registerSchema);
      const parameters = {
        'x-amz-date': timestamp(world.clock.now()).replaceAll(/[-:]|\.\d+/gu, ''),
        'x-amz-signature': randomText(64),
        'x-amz-security-token': randomText(300),
        'x-amz-algorithm': 'AWS4-HMAC-SHA256',
        key: `uploads/${randomText(8)}/${randomText(32)}`,
        policy: randomText(400),
        'x-amz-credential': `${randomText(20)}/us-east-1/s3/aws4_request`,
        'Content-Type': 'multipart/form-data',
      };
      const video: Video = { id: randomDigits(18), account, parameters, policyEndsAt: now() + POLICY_LIFE * 1000, file: null };
      videos.set(video.id, video);
      byKey.set(parameters.key, video);
      return json(201, { media_id: video.id, media_type: 'video', upload_url: `${world.baseUrl}/upload/`, upload_parameters: parameters });
    },

    upload(call) {
      if (call.headers['authorization'] !== undefined) throw refuseForm(400, 'InvalidArgument', 'Only one auth mechanism allowed');
      if (call.headers['content-length'] === undefined) throw refuseForm(411, 'MissingContentLength', 'You must provide the Content-Length HTTP header.');
      const parts = mediaType(call) === 'multipart/form-data' ? multipartParts(call) : null;
      if (parts === null) throw refuseForm(400, 'MalformedPOSTRequest', 'The body of your POST request is not well-formed multipart/form-data.');
      const file = parts.findIndex(({ name }) => name === 'file');
      // What comes behind the file S3 does not read.
      if (file !== parts.length - 1) throw refuseForm(400, 'InvalidArgument', 'POST requires exactly one file upload per request, as the last field.');
      const fields = Object.fromEntries(parts.slice(0, file).map(({ name, bytes }) => [name, bytes.toString('utf8')]));
      const video = byKey.get(fields['key'] ?? '');
      const same = video !== undefined && Object.entries(video.parameters).every(([name, value]) => fields[name] === value);
      if (!same || parts.length !== Object.keys(video.parameters).length + 1) throw refuseForm(403, 'AccessDenied', 'Invalid according to Policy: a field is missing, unknown or another one.');
      if (video.policyEndsAt <= now()) throw refuseForm(403, 'AccessDenied', 'Invalid according to Policy: Policy expired.');
      const bytes = parts[file]?.bytes ?? Buffer.alloc(0);
      if (bytes.byteLength > SIZE_MAX) throw refuseForm(400, 'EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size');
      // S3 takes it again; Pinterest has seen the first.
      video.file ??= { at: now(), sha256: createHash('sha256').update(bytes).digest('hex'), fit: isFit(bytes) };
      return { status: 204, headers: { etag: `"${createHash('md5').update(bytes).digest('hex')}"` }, body: '' };
    },

    read(call, account, id) {
      const odd = oddParameter(call.query, []);
      if (odd !== null) throw invalid(`the parameter ${odd.name} is ${odd.problem}.`);
      return json(200, { media_id: id, media_type: 'video', status: statusOf(find(id, account)) });
    },

    usable(id, account) {
      const video = find(id, account);
      const status = statusOf(video);
      if (video.file === null || status === 'registered' || status === 'processing') throw refuse(400, CODES.notReady, `The media is not ready: its status is ${status}.`);
      if (status === 'failed') throw invalid('the media could not be processed.');
      return video.file.sha256;
    },

    clear() {
      videos.clear();
      byKey.clear();
    },
  };
}
