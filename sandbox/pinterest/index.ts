import type { Answer, Call, StandIn, World } from '../stand-in.ts';
import { consentOperation } from '../authorization/consent.ts';
import { tokenOperation } from '../authorization/token-request.ts';
import { answering } from '../refusal.ts';
import { createAccounts, type Account, type Scope } from './accounts.ts';
import { CODES, refuse } from './errors.ts';
import { createMedia } from './media.ts';
import { createPins } from './pins.ts';
import { createRates } from './rates.ts';

const OPERATIONS = [
  'media.register',
  'media.upload',
  'media.read',
  /** Makes the pin visible. */
  'pins.create',
  'pins.list',
  'boards.list',
  'sections.list',
  'user.read',
  'consent.show',
  'consent.decide',
  'token.exchange',
  'token.refresh',
  'unknown',
] as const;

type Operation = (typeof OPERATIONS)[number];

/** What a path names. */
interface Target {
  readonly operation: Operation;
  /** Of a video, or a board. */
  readonly id: string;
  readonly section: string | null;
}

/** Pinterest's API v5. `/api` stands for https://api.pinterest.com, `/www` for https://www.pinterest.com, `/upload` for the storage that takes videos. */
export function createPinterest(world: World): StandIn {
  const accounts = createAccounts(world);
  const rates = createRates(world);
  const media = createMedia(world);
  const pins = createPins({ world, media });

  /** A call of the API by an account. */
  async function as(call: Call, category: 'reads' | 'writes', scopes: readonly Scope[], handler: (account: Account) => Answer | Promise<Answer>): Promise<Answer> {
    const account = accounts.authorise(call, scopes);
    const headers = rates.spend(category, account.userId);
    const answered = await handler(account);
    return { ...answered, headers: { ...answered.headers, ...headers } };
  }

  async function answer(call: Call): Promise<Answer> {
    const { operation, id, section } = target(call);
    switch (operation) {
      case 'media.register':
        return as(call, 'writes', ['boards:read', 'boards:write', 'pins:read', 'pins:write'], (account) => media.register(call, account));
      case 'media.upload':
        return media.upload(call);
      case 'media.read':
        return as(call, 'reads', ['pins:read'], (account) => media.read(call, account, id));
      case 'pins.create':
        return as(call, 'writes', ['boards:read', 'boards:write', 'pins:read', 'pins:write'], (account) => pins.create(call, account));
      case 'pins.list':
        return as(call, 'reads', ['boards:read', 'pins:read'], (account) => pins.list(call, account, { board: id, section }));
      case 'boards.list':
        return as(call, 'reads', ['boards:read'], (account) => accounts.boards(call, account));
      case 'sections.list':
        return as(call, 'reads', ['boards:read'], (account) => accounts.sections(call, account, id));
      case 'user.read':
        return as(call, 'reads', ['user_accounts:read'], (account) => accounts.user(account));
      case 'consent.show':
      case 'consent.decide':
        return accounts.authorization.consent(call);
      case 'token.exchange':
      case 'token.refresh':
        return accounts.token(call);
      case 'unknown':
        throw refuse(404, CODES.resource, 'The sandbox knows no such call.');
    }
  }

  return {
    network: 'pinterest',
    operations: OPERATIONS,
    operation: (call) => target(call).operation,
    handle: (call) => answering(() => answer(call)),
    posts: () => pins.posts(),
    addAccount: (account) => accounts.add(account),
    login: accounts.authorization.door,
    restriction: { operations: ['pins.create'], refusal: () => refuse(403, CODES.notPermitted, 'Sorry! We blocked this action because it may lead to spam.') },
    reset(options) {
      accounts.authorization.clear();
      media.clear();
      pins.clear();
      rates.clear();
      if (options?.accounts === true) accounts.clear();
    },
  };
}

const PATHS: readonly (readonly [method: string, path: RegExp, operation: Operation])[] = [
  ['POST', /^\/api\/v5\/media$/u, 'media.register'],
  ['POST', /^\/upload\/$/u, 'media.upload'],
  ['GET', /^\/api\/v5\/media\/(?<id>\d+)$/u, 'media.read'],
  ['POST', /^\/api\/v5\/pins$/u, 'pins.create'],
  ['GET', /^\/api\/v5\/boards\/(?<id>\d+)(?:\/sections\/(?<section>\d+))?\/pins$/u, 'pins.list'],
  ['GET', /^\/api\/v5\/boards$/u, 'boards.list'],
  ['GET', /^\/api\/v5\/boards\/(?<id>\d+)\/sections$/u, 'sections.list'],
  ['GET', /^\/api\/v5\/user_account$/u, 'user.read'],
  ['GET', /^\/www\/oauth\/$/u, 'consent.show'],
  ['POST', /^\/www\/oauth\/$/u, 'consent.decide'],
  ['POST', /^\/api\/v5\/oauth\/token$/u, 'token.refresh'],
];

function target(call: Call): Target {
  const { method, path } = call;
  for (const [known, pattern, operation] of PATHS) {
    const match = known === method ? pattern.exec(path) : null;
    if (match !== null) return { operation: exactly(call, operation), id: match.groups?.['id'] ?? '', section: match.groups?.['section'] ?? null };
  }
  return { operation: 'unknown', id: '', section: null };
}

/** What a call does at an address that serves for several. */
function exactly(call: Call, operation: Operation): Operation {
  if (operation === 'consent.show') return consentOperation(call);
  return operation === 'token.refresh' ? tokenOperation(call) : operation;
}
