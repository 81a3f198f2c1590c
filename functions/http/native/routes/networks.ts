import type { Route } from '../../route.ts';
import { networkList } from '../schemas/networks.ts';

export const listNetworksRoute = {
  operationId: 'listNetworks',
  summary: 'List networks',
  description:
    'Every network of this release: whether it can be published on here and now, what it takes, the limits that its rules apply, and the JSON Schema of its options. Where a network tells other limits for an account, these are on the account and win.',
  method: 'GET',
  path: '/api/networks',
  group: 'accounts',
  auth: 'key_or_jwt',
  scope: 'account:read',
  effect: 'read',
  body: null,
  params: null,
  query: null,
  answers: { 200: networkList },
  errors: [],
} as const satisfies Route;
