import * as z from 'zod';
import { hasBody, json } from '../http.ts';
import { consentOperation } from '../authorization/consent.ts';
import { tokenOperation } from '../authorization/token-request.ts';
import { answering } from '../refusal.ts';
import type { Answer, Call, StandIn, World } from '../stand-in.ts';
import { createAccounts } from './accounts.ts';
import { BLOB_MAX, createBlobs } from './blobs.ts';
import { parameters } from './call.ts';
import { invalidRequest, refuse } from './errors.ts';
import { createLimits } from './limits.ts';
import { createDpop } from './oauth/dpop.ts';
import { createRecords } from './records.ts';
import { createTokens, serviceDid } from './tokens.ts';
import { createVideo } from './video.ts';

const OPERATIONS = [
  'did.read',
  'handle.resolve',
  'server.describe',
  'session.create',
  'session.read',
  'session.delete',
  /** Of a session by app password, and of a consent. */
  'token.refresh',
  'resource.describe',
  'authorization-server.describe',
  'consent.push',
  'consent.show',
  'consent.decide',
  'token.exchange',
  'token.revoke',
  'service-auth.create',
  'blob.upload',
  /** Makes the post visible. */
  'record.put',
  /** The same of one that answers another. */
  'reply.put',
  /** As well; our connector does not call it. */
  'record.create',
  'record.read',
  'record.list',
  'record.delete',
  'upload-limits.read',
  'upload.start',
  'upload.part',
  'upload.read',
  'upload.finish',
  'upload.abort',
  'video.upload',
  'job.read',
  'unknown',
] as const;

type Operation = (typeof OPERATIONS)[number];

/** The methods of each service by their names. */
const METHODS: Readonly<Record<string, Operation>> = {
  'GET /pds/xrpc/com.atproto.identity.resolveHandle': 'handle.resolve',
  'GET /pds/xrpc/com.atproto.server.describeServer': 'server.describe',
  'POST /pds/xrpc/com.atproto.server.createSession': 'session.create',
  'GET /pds/xrpc/com.atproto.server.getSession': 'session.read',
  'POST /pds/xrpc/com.atproto.server.deleteSession': 'session.delete',
  'POST /pds/xrpc/com.atproto.server.refreshSession': 'token.refresh',
  'GET /pds/xrpc/com.atproto.server.getServiceAuth': 'service-auth.create',
  'POST /pds/xrpc/com.atproto.repo.uploadBlob': 'blob.upload',
  'POST /pds/xrpc/com.atproto.repo.putRecord': 'record.put',
  'POST /pds/xrpc/com.atproto.repo.createRecord': 'record.create',
  'GET /pds/xrpc/com.atproto.repo.getRecord': 'record.read',
  'GET /pds/xrpc/com.atproto.repo.listRecords': 'record.list',
  'POST /pds/xrpc/com.atproto.repo.deleteRecord': 'record.delete',
  'GET /video/xrpc/app.bsky.video.getUploadLimits': 'upload-limits.read',
  'POST /video/xrpc/app.bsky.video.startUpload': 'upload.start',
  'POST /video/xrpc/app.bsky.video.uploadPart': 'upload.part',
  'GET /video/xrpc/app.bsky.video.getUploadStatus': 'upload.read',
  'POST /video/xrpc/app.bsky.video.finishUpload': 'upload.finish',
  'POST /video/xrpc/app.bsky.video.abortUpload': 'upload.abort',
  'POST /video/xrpc/app.bsky.video.uploadVideo': 'video.upload',
  'GET /video/xrpc/app.bsky.video.getJobStatus': 'job.read',
};

/**
 * Bluesky as far as publishing needs it. `/pds` stands for the server of every account here (https://bsky.social), `/plc` for the
 * directory of identities (https://plc.directory), `/video` for the video service (https://video.bsky.app).
 */
export function createBluesky(world: World): StandIn {
  const tokens = createTokens(world);
  const limits = createLimits(world);
  const dpop = createDpop(world);
  const accounts = createAccounts({ world, tokens, limits, dpop });
  const { oauth } = accounts;
  const blobs = createBlobs(world, accounts, limits);
  const records = createRecords({ world, accounts, blobs, limits });
  const video = createVideo({ world, accounts, tokens, blobs, limits });

  const handlers: Readonly<Record<Operation, (call: Call) => Answer | Promise<Answer>>> = {
    'did.read': readDocument,
    'handle.resolve': resolveHandle,
    'server.describe': describe,
    'session.create': (call) => accounts.createSession(call),
    'session.read': (call) => accounts.readSession(call),
    'session.delete': (call) => accounts.deleteSession(call),
    'token.refresh': (call) => (call.path === TOKEN ? oauth.token(call) : accounts.refresh(call)),
    'resource.describe': () => oauth.describeResource(),
    'authorization-server.describe': () => oauth.describeServer(),
    'consent.push': (call) => oauth.push(call),
    'consent.show': (call) => oauth.authorization.consent(call),
    'consent.decide': (call) => oauth.authorization.consent(call),
    'token.exchange': (call) => oauth.token(call),
    'token.revoke': (call) => oauth.revoke(call),
    'service-auth.create': (call) => accounts.serviceAuth(call),
    'blob.upload': (call) => blobs.upload(call),
    'record.put': (call) => records.put(call),
    'reply.put': (call) => records.put(call),
    'record.create': (call) => records.create(call),
    'record.read': (call) => records.read(call),
    'record.list': (call) => records.list(call),
    'record.delete': (call) => records.remove(call),
    'upload-limits.read': (call) => video.limits(call),
    'upload.start': (call) => video.start(call),
    'upload.part': (call) => video.part(call),
    'upload.read': (call) => video.status(call),
    'upload.finish': (call) => video.finish(call),
    'upload.abort': (call) => video.abort(call),
    'video.upload': (call) => video.whole(call),
    'job.read': (call) => video.job(call),
    unknown: (call) => {
      const method = /^\/(?:pds|video)\/xrpc\/([^/]+)$/.exec(call.path)?.[1];
      if (method === undefined) throw refuse(404, 'NotFound', `The sandbox has no ${call.path}`);
      const other = call.method === 'GET' ? 'POST' : 'GET';
      if (METHODS[`${other} ${call.path}`] !== undefined) throw invalidRequest(`Incorrect HTTP method (${call.method}) expected ${other}`);
      throw refuse(501, 'MethodNotImplemented', `The sandbox has no method ${method}`);
    },
  };

  /** The DID document of an account, in the directory. */
  function readDocument(call: Call): Answer {
    const did = call.path.slice('/plc/'.length);
    const account = accounts.find(did);
    if (account === undefined) return json(404, { message: `DID not registered: ${did}` });
    return json(200, {
      '@context': ['https://www.w3.org/ns/did/v1'],
      id: did,
      alsoKnownAs: [`at://${account.handle}`],
      verificationMethod: [],
      service: [{ id: '#atproto_pds', type: 'AtprotoPersonalDataServer', serviceEndpoint: `${world.baseUrl}/pds` }],
    });
  }

  function resolveHandle(call: Call): Answer {
    if (call.path === '/pds/.well-known/atproto-did') return showDid(call);
    const { handle } = parameters(call, { handle: z.string().regex(/^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z](?:[a-z0-9-]*[a-z0-9])?$/iu, 'Invalid handle') });
    const account = accounts.find(handle);
    if (account === undefined) throw refuse(400, 'HandleNotFound', 'Unable to resolve handle');
    return json(200, { did: account.did });
  }

  /** What the host that is a handle says of it. */
  function showDid({ headers }: Call): Answer {
    const account = accounts.find((headers['host'] ?? '').replace(/:\d+$/u, ''));
    if (account === undefined) return { status: 404, headers: { 'content-type': 'text/plain' }, body: 'User not found' };
    return { status: 200, headers: { 'content-type': 'text/plain' }, body: account.did };
  }

  function describe(call: Call): Answer {
    parameters(call, {});
    return json(200, { did: serviceDid(world.baseUrl), availableUserDomains: ['.bsky.social'], inviteCodeRequired: false, blobUploadLimit: BLOB_MAX, links: {}, contact: {} });
  }

  /** Dated by the server's clock, as proofs have to be. What is proved by a key, or is to be, is answered with the nonce for the next proof. */
  async function handle(call: Call): Promise<Answer> {
    const answered = await answering(() => handlers[operationOf(call)](call));
    const headers = { ...answered.headers, date: world.clock.now().toUTCString() };
    const isProved = call.path.startsWith('/pds/oauth/') || call.headers['dpop'] !== undefined || /^dpop /iu.test(call.headers['authorization'] ?? '');
    return { ...answered, headers: isProved ? { ...headers, 'dpop-nonce': dpop.nonce() } : headers };
  }

  return {
    network: 'bluesky',
    operations: OPERATIONS,
    operation: operationOf,
    handle,
    login: oauth.authorization.door,
    posts: () => records.posts(),
    addAccount: (account) => accounts.add(account),
    restriction: { operations: ['session.create', 'record.put', 'reply.put'], refusal: () => refuse(400, 'AccountTakedown', 'Account has been taken down') },
    reset(options) {
      records.clear();
      blobs.clear();
      video.clear();
      limits.clear();
      accounts.clear(options);
    },
  };
}

const TOKEN = '/pds/oauth/token';

/** The calls of a consent, which are no methods. */
const LINKING: Readonly<Record<string, (call: Call) => Operation>> = {
  'GET /pds/.well-known/oauth-protected-resource': () => 'resource.describe',
  'GET /pds/.well-known/oauth-authorization-server': () => 'authorization-server.describe',
  'GET /pds/.well-known/atproto-did': () => 'handle.resolve',
  'POST /pds/oauth/par': () => 'consent.push',
  'GET /pds/oauth/authorize': consentOperation,
  'POST /pds/oauth/authorize': consentOperation,
  [`POST ${TOKEN}`]: tokenOperation,
  'POST /pds/oauth/revoke': () => 'token.revoke',
};

function operationOf(call: Call): Operation {
  const { method, path } = call;
  if (method === 'GET' && path.startsWith('/plc/did:')) return 'did.read';
  const linking = LINKING[`${method} ${path}`]?.(call);
  if (linking !== undefined) return linking;
  const operation = METHODS[`${method} ${path}`] ?? 'unknown';
  return operation === 'record.put' && hasBody(call, replySchema) ? 'reply.put' : operation;
}

const replySchema = z.object({ record: z.object({ reply: z.object({}) }) });
