import { limits } from '../../../../core/limits.ts';
import type { Route } from '../../route.ts';
import { accountIdParams, accountList, linkedAccount, listAccountsQuery, setDefaultsBody, unlinkedAccount } from '../schemas/accounts.ts';

export const listAccountsRoute = {
  operationId: 'listAccounts',
  summary: 'List linked accounts',
  description: 'All accounts of the workspace, or those on one network or of one profile, in the order of their ids.',
  method: 'GET',
  path: '/api/accounts',
  group: 'accounts',
  auth: 'key_or_jwt',
  scope: 'account:read',
  effect: 'read',
  body: null,
  params: null,
  query: listAccountsQuery,
  answers: { 200: accountList },
  errors: [],
} as const satisfies Route;

export const setDefaultsRoute = {
  operationId: 'setDefaults',
  summary: "Set an account's defaults",
  description:
    'Options that count for uploads to this account which do not give them themselves: what its network demands, such as a privacy level or a board. The options are those of `options.<network>` of an upload (`GET /api/networks` has their schema), but need not be complete. Each that is named replaces the one before, null takes it away; those that are not named stay. `{"defaults": null}` takes all away. What each post has of its own, such as descriptions of its photos, cannot be a default. What is changed counts also for uploads that wait.',
  method: 'PATCH',
  path: '/api/accounts/{accountId}',
  group: 'accounts',
  auth: 'key_or_jwt',
  scope: 'account:write',
  effect: 'write',
  body: { type: 'json', schema: setDefaultsBody },
  params: accountIdParams,
  query: null,
  answers: { 200: linkedAccount },
  errors: ['not_found'],
} as const satisfies Route;

export const unlinkAccountRoute = {
  operationId: 'unlinkAccount',
  summary: 'Unlink an account',
  description: `Nothing is published on the account any more, and its network is told to end the access, where it has a way to. Uploads that wait for it fail on it with \`account_unlinked\`: the first ${limits.failedByUnlinking} at once, the others when they are due. \`failedUploads\` says how many these are together.`,
  method: 'DELETE',
  path: '/api/accounts/{accountId}',
  group: 'accounts',
  auth: 'key_or_jwt',
  scope: 'account:write',
  effect: 'write',
  body: null,
  params: accountIdParams,
  query: null,
  answers: { 200: unlinkedAccount },
  errors: ['not_found', 'account_busy'],
} as const satisfies Route;
