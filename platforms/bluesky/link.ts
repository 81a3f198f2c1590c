import * as z from 'zod';
import type { TokenSet } from '../../core/model.ts';
import type { AuthorizeOutcome, AuthorizeRequest, ExchangeRequest, GrantOutcome, Linking, LinkTools, RevokeOutcome, TargetsOutcome } from '../../core/ports/index.ts';
import { theseTokens } from '../../core/tokens.ts';
import { troubleOf, value, type Reply } from '../answers.ts';
import { askedTwice, codeAnswer, pushRequest, revokeToken, tokensOf, type AuthorizationServer } from '../authorization.ts';
import { appPasswordForm, signIn } from './app-password.ts';
import { findServer, readSession } from './client.ts';
import { NO_SESSION, tokenTrouble } from './errors.ts';
import { assertion, clientIdOf, clientMetadata } from './oauth/app.ts';
import { newKey, readBinding, readVisit, writeBinding, type Binding, type Visit } from './oauth/binding.ts';
import { sendProved } from './oauth/proof.ts';
import { issuerOf, readServer, type Server } from './oauth/server.ts';
import { findOwner, nameIn } from './owner.ts';
import { endSession, ownerOf } from './session.ts';

const optionsSchema = z.strictObject({
  handle: z
    .string()
    .max(253)
    .refine((handle) => nameIn(handle) !== null, 'A handle is such as ada.bsky.social.')
    .optional()
    .meta({ description: 'Whose account is to be linked, or its DID. Left out: the consent begins at the configured default service, and whoever logs in there is linked.' }),
  method: z
    .enum(['oauth', 'app_password'])
    .default('oauth')
    .meta({ description: "How: on the consent page of the account's server, or with an app password that the person types on a page of ours." }),
});

/** An account of any server that speaks the AT Protocol: its own server is asked, or the one that gives out tokens for it. */
export const linking: Linking = {
  scopes: [
    { scope: 'atproto', needed: 'publishing', means: 'know who you are' },
    // The scopes of single collections are not known to every server yet.
    { scope: 'transition:generic', needed: 'publishing', means: 'publish posts and files' },
  ],
  pkce: 'S256',
  choice: 'one',
  optionsSchema,
  nothingBehind: 'This login has no account on Bluesky. Make one at bsky.app, or log in with another one.',

  authorize,
  exchange,
  targets,

  check: async ({ externalId }, tools) => {
    const server = await findServer(tools, externalId);
    if (server.kind === 'trouble') return server;
    const read = await readSession(tools, server.value);
    return read.kind === 'trouble' ? read : { kind: 'accepted', name: read.value.handle };
  },

  signIn,
  revoke: (tokens, tools) => (tokens.binding === undefined ? endSession(tokens, tools) : revokeBound(tokens, readBinding(tokens.binding), tools)),
  clientMetadata: (request, { app }) => clientMetadata(request, app),
};

async function authorize(request: AuthorizeRequest, tools: LinkTools): Promise<AuthorizeOutcome> {
  const { handle, method } = optionsSchema.parse(request.options);
  if (method === 'app_password') return { kind: 'ask', form: appPasswordForm({ handle }) };
  const owner = handle === undefined ? value(null) : await findOwner(handle, tools);
  if (owner.kind === 'trouble') return owner;
  const issuer = await issuerOf(owner.value?.server ?? tools.endpoints['pds'] ?? '', tools);
  if (issuer.kind === 'trouble') return issuer;
  const server = await readServer(issuer.value, tools);
  if (server.kind === 'trouble') return server;

  const { scopes, redirectUri, state, challenge } = request;
  const visit: Visit = { key: newKey(), issuer: issuer.value, clientId: clientIdOf(redirectUri), did: owner.value?.did ?? null };
  const asked = {
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: scopes.join(' '),
    state,
    code_challenge: challenge ?? '',
    code_challenge_method: 'S256',
    ...(handle !== undefined && { login_hint: nameIn(handle) ?? handle }),
  };
  const as = await asApp(server.value, visit, tools);
  if (as.kind === 'trouble') return as;
  const pushed = await pushRequest(asked, proving(tools, visit), { ...as.value, pushUrl: server.value.pushUrl });
  if (pushed.kind === 'trouble') return pushed;
  const url = new URL(server.value.authorizationUrl);
  url.searchParams.set('client_id', visit.clientId);
  url.searchParams.set('request_uri', pushed.requestUri);
  return { kind: 'authorize', url: url.href, memory: JSON.stringify(visit) };
}

async function exchange(request: ExchangeRequest, tools: LinkTools): Promise<GrantOutcome> {
  const visit = readVisit(request.memory);
  // Another server may not answer for this one (RFC 9207).
  if (request.callback.get('iss') !== visit.issuer) return { kind: 'trouble', trouble: OTHER_SERVER };
  const server = await readServer(visit.issuer, tools);
  if (server.kind === 'trouble') return server;
  const as = await asApp(server.value, visit, tools);
  if (as.kind === 'trouble') return as;
  const answered = await codeAnswer(request, proving(tools, visit), as.value);
  if (answered.kind === 'trouble') return answered;
  const did = z.string().startsWith('did:').safeParse(answered.answer['sub']).data;
  if (did === undefined) return { kind: 'trouble', trouble: OTHER_SERVER };
  const binding = { ...visit, did };
  const tokens = { ...tokensOf(answered.answer, request.scopes, tools.now()), binding: writeBinding(binding) };
  if (visit.did === null || did === visit.did) return { kind: 'granted', tokens };
  // Where they cannot be ended, they end by themselves: nobody has them.
  await askedTwice(() => revokeBound(tokens, binding, tools));
  return { kind: 'trouble', trouble: OTHER_PERSON };
}

async function targets(tokens: TokenSet, tools: LinkTools): Promise<TargetsOutcome> {
  const binding = tokens.binding === undefined ? null : readBinding(tokens.binding);
  const did = binding?.did ?? ownerOf(tokens);
  if (did === null) return { kind: 'trouble', trouble: NO_SESSION };
  const server = await findServer(tools, did);
  if (server.kind === 'trouble') return server;
  if (binding !== null) {
    // Anybody can run a server that says of its people that they are somebody else: an account names its own server.
    const issuer = await issuerOf(server.value, tools);
    if (issuer.kind === 'trouble') return issuer;
    if (issuer.value !== binding.issuer) return { kind: 'trouble', trouble: OTHER_SERVER };
  }
  const read = await readSession({ ...tools, ...theseTokens(tokens) }, server.value);
  if (read.kind === 'trouble') return read;
  const { handle, active = true } = read.value;
  const obstacle = active ? {} : { obstacle: 'Bluesky has deactivated this account, or taken it down. Look at it there, then link it again.' };
  return { kind: 'targets', targets: [{ id: did, type: 'profile', name: handle, externalId: did, ...obstacle }] };
}

async function revokeBound(tokens: TokenSet, binding: Binding, tools: LinkTools): Promise<RevokeOutcome> {
  const server = await readServer(binding.issuer, tools);
  if (server.kind === 'trouble') return server;
  const { revocationUrl } = server.value;
  if (revocationUrl === null) return { kind: 'trouble', trouble: NO_REVOCATION };
  const as = await asApp(server.value, binding, tools);
  if (as.kind === 'trouble') return as;
  return revokeToken({ value: tokens.refreshToken ?? tokens.accessToken }, proving(tools, binding), { ...as.value, revocationUrl });
}

/** Tools whose every call to the authorization server is proved with the key, and which know the app by the id that it had then. */
function proving(tools: LinkTools, { key, clientId }: Pick<Binding, 'key' | 'clientId'>): LinkTools {
  return { ...tools, app: { ...tools.app, clientId }, send: (request) => sendProved(tools, request, { key, token: null }) };
}

async function asApp({ tokenUrl }: Server, { clientId, issuer }: Pick<Binding, 'clientId' | 'issuer'>, { app, now }: LinkTools): Promise<Reply<AuthorizationServer>> {
  const shown = await assertion({ clientId, issuer, now: now() }, app);
  return shown.kind === 'trouble' ? shown : value({ title: 'Bluesky', tokenUrl, authentication: shown.value, trouble: tokenTrouble });
}

const UNKNOWN = { code: null, text: null } as const;
const OTHER_SERVER = troubleOf({ class: 'permanent', code: 'permission_denied', message: 'The answer came from a server that may not speak for this account. Nothing was linked.' }, UNKNOWN, null);
const OTHER_PERSON = troubleOf({ class: 'permanent', code: 'permission_denied', message: 'Another account has consented than the one that was asked for. Begin again, and log in with that one.' }, UNKNOWN, null);
const NO_REVOCATION = troubleOf({ class: 'permanent', code: 'permission_denied', message: 'The server of this account has no way to end tokens.' }, UNKNOWN, null);
