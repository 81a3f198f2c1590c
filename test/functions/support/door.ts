import { expect } from 'vitest';
import * as z from 'zod';
import { docsFiles } from '../../../bin/docs-files.ts';
import { optionsJsonByNetwork } from '../../../bin/options-json.ts';
import { timestamp } from '../../../core/clock.ts';
import type { Clock } from '../../../core/clock.ts';
import { ulidIds } from '../../../core/ids.ts';
import { generateApiKey } from '../../../core/keys.ts';
import { scopes, type Account, type Plan } from '../../../core/model.ts';
import type { Log, MediaStore, Store } from '../../../core/ports/index.ts';
import { tenantOf } from '../../../core/tenants.ts';
import { times } from '../../../core/times.ts';
import type { UploadPorts } from '../../../core/uploads/ports.ts';
import { defaultsErrors } from '../../../functions/common/defaults-errors.ts';
import { groupHandler } from '../../../functions/common/group.ts';
import type { GroupHandler, GroupSettings } from '../../../functions/common/group.ts';
import { tokenVerifier } from '../../../functions/common/jwt.ts';
import { jsonLog } from '../../../functions/common/log.ts';
import { docsEndpoints } from '../../../functions/http/endpoints/docs.ts';
import { accountsEndpoints } from '../../../functions/http/endpoints/accounts.ts';
import { keysEndpoints } from '../../../functions/http/endpoints/keys.ts';
import { sessionsEndpoints } from '../../../functions/http/endpoints/sessions.ts';
import { uploadsChangeEndpoints } from '../../../functions/http/endpoints/uploads-change.ts';
import { uploadsReadEndpoints } from '../../../functions/http/endpoints/uploads-read.ts';
import { uploadsWriteEndpoints } from '../../../functions/http/endpoints/uploads-write.ts';
import { networkViews } from '../../../functions/http/native/network-views.ts';
import type { RouteGroup } from '../../../functions/http/route.ts';
import { routes } from '../../../functions/http/routes.ts';
import { memoryMedia } from '../../../media/memory.ts';
import type { MemoryMedia } from '../../../media/memory.ts';
import { platforms } from '../../../platforms/registry.ts';
import { vaultOf } from '../../../core/linking/vault.ts';
import type { Sandbox } from '../../../sandbox/sandbox.ts';
import { memoryStore } from '../../../store/memory.ts';
import { undocumented } from '../../support/documented.ts';
import { memoryExecutions, type MemoryExecutions } from '../../core/support/executions.ts';
import { lambdaContext, proxyEvent } from './event.ts';
import type { TestRequest } from './event.ts';
import { startIssuer } from './issuer.ts';
import { linkingWorld, PUBLIC_URL } from './linking.ts';

/** The API without AWS: every group's handler over ports in memory, a clock that tests move, and a real issuer of sessions. */

export interface Door {
  readonly clock: Clock & { set(at: string): void; pass(seconds: number): void };
  readonly store: Store;
  readonly media: MemoryMedia;
  readonly executions: MemoryExecutions;
  readonly logLines: string[];
  /** The networks' stand-ins, behind the vault. */
  readonly sandbox: Sandbox;
  /** The key and the tenant of a new customer who has one account on each network named. */
  customer(...networks: string[]): Promise<Customer>;
  /** A dashboard session of a person, and the tenant that is theirs. */
  person(name: string): Promise<{ jwt: string; tenantId: string }>;
  link(tenantId: string, network: string, change?: Partial<Account>): Promise<string>;
  call(request: ApiRequest): Promise<ApiAnswer>;
  close(): Promise<void>;
}

export interface Customer {
  readonly tenantId: string;
  readonly key: string;
  readonly accounts: readonly string[];
}

export interface ApiRequest extends Omit<TestRequest, 'method' | 'path'> {
  /** `POST /api/upload/complete`. */
  readonly to: string;
  readonly key?: string;
  readonly jwt?: string;
  readonly json?: unknown;
}

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests read answers field by field; `call` has checked the shape
  readonly body: any;
}

export interface DoorOptions {
  /** Where the records are; in memory if left out. `store` stands before it, but not when the door makes customers. */
  readonly records?: Store;
  readonly store?: (store: Store) => Store;
  readonly media?: (media: MediaStore) => MediaStore;
  /** The rules of each network; those of this release if left out. */
  readonly connector?: UploadPorts['networks']['connector'];
  /** Networks that are configured; all if left out. */
  readonly configured?: readonly string[];
  readonly origins?: readonly string[];
  /** True if left out, as on a local stage. */
  readonly loopbackRedirects?: boolean;
  /** Of tenants without a plan of their own; one that nobody meets if left out. */
  readonly plan?: Plan;
}

export const UNLIMITED: Plan = { deliveriesPerMonth: 1_000_000, requestsPerSecond: 1_000, burst: 1_000_000 };

export const START = '2026-04-01T10:00:00Z';

const byName = (network: string) => platforms.find((platform) => platform.network === network);

export async function openDoor(options: DoorOptions = {}): Promise<Door> {
  let now = Date.parse(START);
  const clock = {
    now: () => new Date(now),
    set: (at: string) => void (now = Date.parse(at)),
    pass: (seconds: number) => void (now += seconds * 1000),
  };
  const issuer = await startIssuer();
  const innerStore = options.records ?? memoryStore();
  const media = memoryMedia({ clock });
  const store = options.store?.(innerStore) ?? innerStore;
  const executions = memoryExecutions();
  const ids = ulidIds(clock);
  const logLines: string[] = [];
  const settings: GroupSettings = {
    authenticator: {
      store,
      clock,
      verifyToken: tokenVerifier({ issuer: issuer.url, audience: 'dashboard', jwksUri: issuer.jwksUri, tenantClaim: null }),
      defaultPlan: options.plan ?? UNLIMITED,
    },
    times: times.short,
    docsUrl: 'https://docs.example/errors',
    origins: options.origins ?? ['*'],
    log: (context) => jsonLog(context, { write: (line) => logLines.push(line), namespace: 'Fanfare/test' }),
  };
  const linking = linkingWorld({ store, clock, ids });
  const portsFor = (log: Log) => ({
    store,
    media: options.media?.(media) ?? media,
    defaultPlan: options.plan ?? UNLIMITED,
    networks: { connector: options.connector ?? byName },
    platformOf: byName,
    networkViews: networkViews(platforms, { isConfigured: (network) => options.configured?.includes(network) ?? true, options: optionsJsonByNetwork(platforms) }),
    defaultsErrors: defaultsErrors(platforms),
    executions,
    linkable: linking.linkable,
    isConfigured: (network: string) => options.configured?.includes(network) ?? true,
    loopbackRedirects: options.loopbackRedirects ?? true,
    publicUrl: PUBLIC_URL,
    vault: vaultOf({ ...linking.ports, store, log }),
    clock,
    ids,
    times: times.short,
    log,
  });

  const handlers: Readonly<Record<RouteGroup, GroupHandler>> = {
    keys: groupHandler(settings, portsFor, keysEndpoints),
    accounts: groupHandler(settings, portsFor, accountsEndpoints),
    sessions: groupHandler(settings, portsFor, sessionsEndpoints),
    'uploads-write': groupHandler(settings, portsFor, uploadsWriteEndpoints),
    'uploads-change': groupHandler(settings, portsFor, uploadsChangeEndpoints),
    'uploads-read': groupHandler(settings, portsFor, uploadsReadEndpoints),
    docs: groupHandler(settings, () => ({ files: docsFiles() }), docsEndpoints),
  };

  async function link(tenantId: string, network: string, change: Partial<Account> = {}): Promise<string> {
    const accountId = ids.next('acc');
    await innerStore.putAccount({
      accountId,
      tenantId,
      network,
      externalId: `external-${accountId}`,
      name: 'Somebody',
      health: 'active',
      healthSince: timestamp(clock.now()),
      healthReason: null,
      profile: null,
      scopes: [],
      limits: {},
      defaults: {},
      tokens: { v: 1, dataKey: '', iv: '', ciphertext: '', tag: '' },
      tokenVersion: 1,
      tokenEnds: null,
      accessEnds: null,
      renewAt: null,
      lease: null,
      createdAt: timestamp(clock.now()),
      ...change,
    });
    return accountId;
  }

  return {
    clock,
    store,
    media,
    executions,
    logLines,
    sandbox: linking.sandbox,
    link,
    async customer(...networks) {
      const tenantId = ids.next('ten');
      const { key } = await generateApiKey({ store: innerStore, clock, ids }, { tenantId, name: null, scopes, expiresAt: null });
      const accounts: string[] = [];
      for (const network of networks) accounts.push(await link(tenantId, network));
      return { tenantId, key, accounts };
    },
    async person(name) {
      const jwt = await issuer.sign({ iss: issuer.url, sub: name, aud: 'dashboard', exp: Math.floor(Date.now() / 1000) + 600 });
      return { jwt, tenantId: tenantOf(issuer.url, name) };
    },
    call: (request) => callThrough(handlers, request),
    close: () => issuer.close(),
  };
}

/** Calls a route through its group's handler, and holds the answer against what the OpenAPI document says of it. */
async function callThrough(handlers: Readonly<Record<RouteGroup, GroupHandler>>, request: ApiRequest): Promise<ApiAnswer> {
  const [method = '', path = ''] = request.to.split(' ');
  const route = routes.find((each) => each.method === method && patternOf(each.path).test(path));
  if (route === undefined) throw new Error(`the table has no ${request.to}`);
  const event = proxyEvent({
    ...request,
    method,
    path,
    headers: {
      ...(request.json === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(request.key === undefined ? {} : { 'X-Api-Key': request.key }),
      ...(request.jwt === undefined ? {} : { Authorization: `Bearer ${request.jwt}` }),
      ...request.headers,
    },
    ...(request.json === undefined ? {} : { body: JSON.stringify(request.json) }),
  });
  const answer = await handlers[route.group](event, lambdaContext());
  const isJson = /^application\/(?:[a-z]+\+)?json/u.test(String(answer.headers['Content-Type']));
  const body: unknown = isJson ? JSON.parse(answer.body) : answer.body;
  expect(answer.headers['X-Request-Id']).toBe(event.requestContext.requestId);
  const header = (name: string): string | null => answer.headers[name] ?? null;
  expect(undocumented({ method, path, status: answer.statusCode, header, body })).toEqual([]);
  return { status: answer.statusCode, headers: answer.headers, body };
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(/\{\w+\}/gu, '[^/]+')}$`, 'u');
}

/** The errors of a problem as `field: code`. */
export function wrongFields(answer: ApiAnswer): readonly string[] {
  const errors = z.object({ errors: z.array(z.object({ field: z.string(), code: z.string() })).default([]) }).parse(answer.body).errors;
  return errors.map(({ field, code }) => `${field}: ${code}`);
}
