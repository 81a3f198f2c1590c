import * as z from 'zod';
import type { SequelName } from '../../../core/model.ts';
import type { ConfirmOutcome, Connector, HttpResult, NetworkTools, SequelWork, Trouble, Work } from '../../../core/ports/index.ts';

export type Operation = 'prepare' | 'poll' | 'publish' | 'look' | 'refresh' | 'comment';

/** What the network answers, in its own words. */
export const answerSchema = z.object({
  id: z.string().optional(),
  state: z.string().optional(),
  reason: z.string().optional(),
  posts: z.array(z.string()).optional(),
});
export type Answer = z.infer<typeof answerSchema>;

const checkpointSchema = z.object({ artefact: z.string() }).nullable();
const bodySchema = z.object({ artefact: z.string(), marker: z.string(), title: z.string() });

/** The connector of the test network. `lag`: seconds until a post shows; `pace`: seconds between polls; `follows`: what follows each post. */
export function testConnector({ lag, pace, follows = [] }: { lag: number; pace: number; follows?: readonly SequelName[] }): Connector {
  return {
    network: 'testnet',
    checkpointVersion: 1,
    visibilityDelay: lag,
    violations: ({ title }) =>
      title === 'forbidden'
        ? [{ field: 'title', code: 'testnet.video.title', message: 'The title is forbidden.', value: title, limit: null, unit: null, remedy: 'Choose another.' }]
        : [],

    ...verbs(pace),
    ...(follows.length > 0 && { sequels: { checkpointVersion: 1, follow: () => follows, ...verbs(pace) } }),

    async decorate(_work, { externalId }, tools) {
      const said = understood(await request(tools, 'comment', { artefact: externalId ?? '' }));
      return 'trouble' in said
        ? { warnings: [`No comment: ${said.trouble.message}`], externalUrl: null }
        : { warnings: [], externalUrl: `https://testnet/${externalId}` };
    },

    async refresh(old, tools) {
      const result = await tools.send({ method: 'POST', url: `${tools.endpoints['api']}/refresh`, headers: {}, body: '{}' });
      const said = understood(result);
      if ('trouble' in said) return { kind: 'trouble', trouble: said.trouble };
      return { kind: 'refreshed', tokens: { ...old, accessToken: said.answer.id ?? '', refreshToken: null } };
    },
  };
}

/** The four verbs, of a post and of what follows it. */
function verbs(pace: number): Pick<Connector, 'transfer' | 'compose' | 'publish' | 'confirm'> {
  return {
    async transfer(work, tools) {
      const call = async (operation: Operation, body: object) => understood(await request(tools, operation, body));
      let artefact = checkpointSchema.parse(work.checkpoint)?.artefact;
      if (artefact === undefined) {
        const made = await call('prepare', { marker: markerOf(work) });
        if ('trouble' in made) return { kind: 'trouble', trouble: made.trouble };
        artefact = made.answer.id ?? '';
        await tools.saveCheckpoint({ artefact });
      }
      const polled = await call('poll', { artefact });
      if ('trouble' in polled) return { kind: 'trouble', trouble: polled.trouble };
      return polled.answer.state === 'ready' ? { kind: 'ready', checkpoint: { artefact } } : { kind: 'again', afterSeconds: pace };
    },

    compose: (work) => ({ title: work.upload.title, marker: markerOf(work), artefact: checkpointSchema.parse(work.checkpoint)?.artefact }),

    async publish(_work, body, tools) {
      const { artefact, marker } = bodySchema.parse(body);
      const authorization = await tools.accessToken();
      const result = await tools.sendOnce({
        method: 'POST',
        url: `${tools.endpoints['api']}/publish`,
        headers: { authorization },
        body: JSON.stringify({ artefact, marker }),
      });
      if (result.kind === 'never_sent') return { kind: 'never_sent', evidence: result.reason };
      const said = understood(result);
      if ('trouble' in said) {
        return said.parsed && result.kind === 'answered' && result.answer.status < 500
          ? { kind: 'refused', evidence: said.trouble.message, trouble: said.trouble, artefactLost: result.answer.status === 404 }
          : { kind: 'ambiguous', evidence: said.trouble.message };
      }
      return { kind: 'published', externalId: said.answer.id ?? null, externalUrl: null };
    },

    async confirm(_work, body, _attempt, tools): Promise<ConfirmOutcome> {
      const { artefact } = bodySchema.parse(body);
      const said = understood(await request(tools, 'look', { artefact }));
      if ('trouble' in said) return { kind: 'undecided', evidence: said.trouble.message, trouble: said.trouble };
      const [id] = said.answer.posts ?? [];
      return id === undefined
        ? { kind: 'absent', evidence: 'not among the posts', artefactLost: false }
        : { kind: 'found', externalId: id, externalUrl: null };
    },
  };
}

function markerOf(work: Work & Partial<Pick<SequelWork, 'sequel'>>): string {
  const { upload, account, sequel } = work;
  return `${upload.uploadId}/${account.accountId}${sequel === undefined ? '' : `#${sequel.name}`}`;
}

async function request(tools: Pick<NetworkTools, 'send' | 'accessToken' | 'endpoints'>, operation: Operation, body: object): Promise<HttpResult> {
  const authorization = await tools.accessToken();
  return tools.send({
    method: 'POST',
    url: `${tools.endpoints['api']}/${operation}`,
    headers: { authorization },
    body: JSON.stringify(body),
  });
}

/** The network's words, or what is wrong; `parsed`: in its own words. */
function understood(result: HttpResult): { readonly answer: Answer } | { readonly trouble: Trouble; readonly parsed: boolean } {
  if (result.kind !== 'answered') return { trouble: trouble('retryable', result.reason), parsed: false };
  const { status, body } = result.answer;
  const parsed = body.startsWith('{') ? answerSchema.safeParse(JSON.parse(body)) : null;
  if (parsed?.success !== true) return { trouble: trouble('retryable', `status ${status}`), parsed: false };
  if (status < 300) return { answer: parsed.data };
  const reason = parsed.data.reason ?? '';
  switch (status) {
    case 401:
      return { trouble: trouble('auth_expired', reason), parsed: true };
    case 403:
      return { trouble: trouble('auth_revoked', reason), parsed: true };
    case 404:
      return { trouble: trouble('retryable', reason), parsed: true };
    case 422:
      return { trouble: trouble('invalid_metadata', reason), parsed: true };
    case 429:
      return { trouble: trouble('rate_limited', reason), parsed: true };
    default:
      return { trouble: trouble(status < 500 ? 'permanent' : 'retryable', reason), parsed: true };
  }
}

const CODES = {
  retryable: 'platform_unavailable',
  rate_limited: 'rate_limited',
  quota: 'quota_exhausted',
  auth_expired: 'reauth_required',
  auth_revoked: 'reauth_required',
  invalid_media: 'media_rejected',
  invalid_metadata: 'metadata_rejected',
  duplicate: 'duplicate_content',
  permanent: 'permission_denied',
} as const;

export function trouble(troubleClass: Trouble['class'], message: string, until: Date | null = null): Trouble {
  return { class: troubleClass, code: CODES[troubleClass], message, platformCode: null, platformMessage: null, until };
}
