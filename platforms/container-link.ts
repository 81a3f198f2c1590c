import * as z from 'zod';
import { timestampAfter } from '../core/clock.ts';
import type { ExchangeRequest, GrantOutcome, HttpAnswer, HttpRequest, Linking, LinkTools } from '../core/ports/index.ts';
import { parseAnswer, unanswered, type Reply } from './answers.ts';
import { askedTwice, consentAt, withToken } from './authorization.ts';
import { graphGet, type ContainerNames } from './container-calls.ts';
import { grantTrouble, graphCall, graphForm } from './graph.ts';
import { scopesIn } from './oauth.ts';

/**
 * Linking at the networks of the Graph API that publish from containers: a short-lived token comes for the code, and a long-lived
 * one, which later renews itself, for that. They take no challenge, and have no call that ends a token: the person does that in
 * the network's own settings.
 */

export interface ContainerLink extends Pick<Linking, 'scopes' | 'nothingBehind'> {
  readonly names: ContainerNames;
  /** Where codes are taken: the endpoint's name, and the path. */
  readonly exchange: { readonly endpoint: string; readonly path: string };
  readonly longTokenGrant: string;
  /** Of the call `me`: what is asked for, and what it tells. */
  readonly meFields: string;
  readonly meSchema: z.ZodType<{ readonly id: string; readonly username: string }>;
}

export function containerLinking({ names, scopes, nothingBehind, exchange, longTokenGrant, meFields, meSchema }: ContainerLink): Linking {
  const readMe = (tools: Parameters<typeof graphCall>[1] & Pick<LinkTools, 'endpoints'>) =>
    graphCall(names, tools, graphGet(names, tools, 'me', { fields: meFields }), meSchema);

  return {
    scopes,
    pkce: 'none',
    choice: 'one',
    nothingBehind,

    authorize: async (request, tools) => consentAt({ url: `${tools.endpoints['www']}/oauth/authorize`, separator: ',' }, request, tools),

    exchange: async (request, tools) => {
      const short = await shortToken(request, tools);
      return short.kind === 'trouble' ? short : longToken(short.value, request.scopes, tools);
    },

    targets: async ({ accessToken }, tools) => {
      const read = await readMe(withToken(tools, accessToken));
      if (read.kind === 'trouble') return read;
      const { id, username } = read.value;
      return { kind: 'targets', targets: [{ id, type: 'profile', name: username, externalId: id }] };
    },

    check: async (_account, tools) => {
      const read = await readMe(tools);
      return read.kind === 'trouble' ? read : { kind: 'accepted', name: read.value.username };
    },
  };

  async function shortToken({ callback, redirectUri }: ExchangeRequest, tools: LinkTools): Promise<Reply<z.output<typeof shortSchema>>> {
    const { clientId, clientSecret } = tools.app;
    // Seen with what is a fragment of the redirect at its end.
    const code = (callback.get('code') ?? '').replace(/#_$/u, '');
    const fields = { client_id: clientId, client_secret: clientSecret, grant_type: 'authorization_code', redirect_uri: redirectUri, code };
    return tokenCall(tools, graphForm(`${tools.endpoints[exchange.endpoint]}${exchange.path}`, fields), shortSchema, [code, clientSecret]);
  }

  async function longToken(short: z.output<typeof shortSchema>, asked: readonly string[], tools: LinkTools): Promise<GrantOutcome> {
    const { clientSecret } = tools.app;
    const query = new URLSearchParams({ grant_type: longTokenGrant, client_secret: clientSecret, access_token: short.access_token });
    const request: HttpRequest = { method: 'GET', url: `${tools.endpoints['graph']}/access_token?${query.toString()}`, headers: {} };
    const secrets = [short.access_token, clientSecret];
    const long = await askedTwice(() => tokenCall(tools, request, longSchema, secrets));
    if (long.kind === 'trouble') return long;
    const { access_token: accessToken, expires_in: life, permissions = short.permissions } = long.value;
    const scopesGranted = permissions === undefined ? asked : Array.isArray(permissions) ? permissions : scopesIn(permissions);
    return { kind: 'granted', tokens: { accessToken, refreshToken: null, expiresAt: timestampAfter(tools.now(), life), scopes: scopesGranted } };
  }

  async function tokenCall<Schema extends z.ZodType>(tools: LinkTools, request: HttpRequest, schema: Schema, secrets: readonly string[]): Promise<Reply<z.output<Schema>>> {
    const result = await tools.send(request);
    if (result.kind !== 'answered') return unanswered(names.title, result);
    const granted = result.answer.status === 200 ? parseAnswer(schema, result.answer) : null;
    if (granted !== null) return { kind: 'value', value: granted };
    const refusal = names.refusalOf(inGraphForm(result.answer), { now: tools.now(), secrets });
    return { kind: 'trouble', trouble: grantTrouble(names.title, result.answer, refusal) };
  }
}

const permissionsSchema = z.union([z.string(), z.array(z.string())]).optional();
const shortSchema = z.object({ access_token: z.string().min(1), permissions: permissionsSchema });
const longSchema = z.object({ access_token: z.string().min(1), expires_in: z.number().positive(), permissions: permissionsSchema });

const flatErrorSchema = z.object({ error_type: z.string(), code: z.number(), error_message: z.string() });

/** The address that takes codes has errors of a form of its own. */
function inGraphForm(answer: HttpAnswer): HttpAnswer {
  const flat = parseAnswer(flatErrorSchema, answer);
  if (flat === null) return answer;
  return { ...answer, body: JSON.stringify({ error: { code: 190, type: flat.error_type, message: flat.error_message } }) };
}
