import { limits } from '../../../../core/limits.ts';
import type { Route } from '../../route.ts';
import { accountIdParams, accountList, listAccountsQuery, unlinkedAccount } from '../schemas/accounts.ts';

export const listAccountsRoute = {
  operationId: 'listAccounts',
  summary: 'List linked accounts',
  description: 'All accounts of the workspace, or those on one network, in the order of their ids.',
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

export const unlinkAccountRoute = {
  operationId: 'unlinkAccount',
  summary: 'Unlink an account',
  description: `Nothing is published on the account any more. Uploads that wait for it fail on it with \`account_unlinked\`: the first ${limits.failedByUnlinking} at once, the others when they are due. \`failedUploads\` says how many these are together.`,
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
