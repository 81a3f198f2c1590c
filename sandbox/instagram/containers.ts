import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { badParameter, nothingThere, refuse } from '../graph.ts';
import { json } from '../http.ts';
import { randomDigits } from '../random.ts';
import type { Answer, Call, World } from '../stand-in.ts';
import { SCOPES, type Account, type Accounts } from './accounts.ts';
import type { Caps } from './caps.ts';
import { checkCaption } from './captions.ts';
import { pull, type Pulled } from './pull.ts';

export type ContainerStatus = 'IN_PROGRESS' | 'FINISHED' | 'PUBLISHED' | 'ERROR' | 'EXPIRED';

export interface Container {
  readonly id: string;
  readonly account: Account;
  readonly caption: string | null;
  readonly createdAt: number;
  readonly pulled: Promise<Pulled>;
  published: boolean;
}

/** Containers: files that are being made ready, and that nobody sees. */
export interface Containers {
  /** `POST /{ig-id}/media`. */
  create(call: Call, userId: string): Answer;
  get(id: string): Container | undefined;
  /** The state, and the text beside it. */
  status(container: Container): Promise<{ code: ContainerStatus; text: string }>;
  clear(): void;
}

/**
 * Milliseconds of real time that a question waits for a file whose processing is over by the clock: enough for tests whose
 * clock runs ahead of a real transfer, and no slow server of the file holds up the answer.
 */
const PATIENCE = 250;

const LIFE = 24 * 60 * 60 * 1000;
const COLLABORATORS_MAX = 3;

const FIELDS = [
  'media_type',
  'video_url',
  'caption',
  'share_to_feed',
  'cover_url',
  'thumb_offset',
  'collaborators',
  'location_id',
  'user_tags',
  'audio_name',
  'trial_params',
];

const collaboratorsSchema = z.array(z.string().regex(/^[A-Za-z0-9._]{1,30}$/)).max(COLLABORATORS_MAX);
const userTagsSchema = z.array(z.strictObject({ username: z.string().regex(/^[A-Za-z0-9._]{1,30}$/) }));
const trialSchema = z.strictObject({ graduation_strategy: z.enum(['MANUAL', 'SS_PERFORMANCE']) });

export function createContainers({ world, accounts, caps }: { world: World; accounts: Accounts; caps: Caps }): Containers {
  const containers = new Map<string, Container>();
  const now = () => world.clock.now().getTime();

  return {
    create(call, userId) {
      const { account, fields } = accounts.authorise(call, SCOPES.publish, FIELDS);
      if (account.userId !== userId) throw nothingThere(userId);
      const mediaType = fields.get('media_type');
      if (mediaType !== 'REELS') {
        throw refuse({ code: 100, subcode: 2207023, message: `The media type ${mediaType} is not known here.`, type: 'IGApiException' });
      }
      const videoUrl = parseUrl(fields, 'video_url');
      if (videoUrl === null) throw badParameter('video_url', 'required');
      const caption = fields.get('caption');
      if (caption !== null) checkCaption(caption);
      checkForm(fields, 'share_to_feed', /^(true|false)$/);
      checkForm(fields, 'location_id', /^\d+$/);
      checkForm(fields, 'audio_name', /^.{1,100}$/su);
      checkJson(fields, 'collaborators', collaboratorsSchema);
      checkJson(fields, 'user_tags', userTagsSchema);
      checkJson(fields, 'trial_params', trialSchema);
      const thumbOffset = parseThumbOffset(fields.get('thumb_offset'));
      const coverUrl = parseUrl(fields, 'cover_url');
      caps.spendContainer(account.userId);

      const container: Container = {
        id: `17${randomDigits(15)}`,
        account,
        caption,
        createdAt: now(),
        pulled: pull(world, { videoUrl, coverUrl, thumbOffset }),
        published: false,
      };
      containers.set(container.id, container);
      return json(200, { id: container.id });
    },

    get: (id) => containers.get(id),

    async status(container) {
      if (container.published) return { code: 'PUBLISHED', text: 'Published: the media is live.' };
      const age = now() - container.createdAt;
      if (age >= LIFE) return { code: 'EXPIRED', text: 'Expired: not published within 24 hours.' };
      if (age < world.processingSeconds * 1000) return { code: 'IN_PROGRESS', text: 'In progress: the media is being processed.' };
      const pulled = await Promise.race([container.pulled, sleep(PATIENCE, null, { ref: false })]);
      if (pulled === null) return { code: 'IN_PROGRESS', text: 'In progress: the media is being fetched.' };
      if (pulled.kind === 'taken') return { code: 'FINISHED', text: 'Finished: the media is ready to be published.' };
      return { code: 'ERROR', text: `Error: ${pulled.reason} (error code ${pulled.subcode}).` };
    },

    clear: () => containers.clear(),
  };
}

/** A URL from which the network could fetch. That it is one is seen at once; whether anything is there, only later. */
function parseUrl(fields: URLSearchParams, name: string): string | null {
  const url = fields.get(name);
  if (url === null) return null;
  // The real network asks for https; here the media may lie on this machine.
  if (!/^https?:\/\/[\u0021-\u007e]+$/.test(url) || !URL.canParse(url)) {
    throw refuse({
      code: 9004,
      subcode: 2207052,
      message: `The media of ${name} cannot be fetched from this URI.`,
      type: 'IGApiException',
    });
  }
  return url;
}

function parseThumbOffset(text: string | null): number | null {
  if (text === null) return null;
  if (!/^\d{1,9}$/.test(text)) {
    throw refuse({ code: 1, subcode: 2207057, message: 'The thumb offset is no count of milliseconds.', type: 'IGApiException' });
  }
  return Number(text);
}

function checkForm(fields: URLSearchParams, name: string, form: RegExp): void {
  const value = fields.get(name);
  if (value !== null && !form.test(value)) throw badParameter(name, 'of the wrong form');
}

function checkJson(fields: URLSearchParams, name: string, schema: z.ZodType): void {
  const text = fields.get(name);
  if (text === null) return;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw badParameter(name, `not JSON (${String(error)})`);
  }
  if (!schema.safeParse(value).success) throw badParameter(name, 'of the wrong form');
}
