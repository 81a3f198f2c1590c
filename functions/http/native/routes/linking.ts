import type { Route } from '../../route.ts';
import { accountIdParams, checkedAccount } from '../schemas/accounts.ts';
import { callbackQuery, chooseBody, clientMetadata, linkBody, linkFormBody, linkIdParams, linkPage, oauthParams, openedLink, redirectOrigins, shownLink, startQuery } from '../schemas/linking.ts';

const write = { group: 'accounts', auth: 'key_or_jwt', scope: 'account:write', effect: 'write', query: null } as const;

export const linkAccountRoute = {
  ...write,
  operationId: 'linkAccount',
  summary: 'Link an account',
  description:
    'Begins a link. Send the person to `authorizeUrl` within 15 minutes: they consent at the network, and their browser comes back to `redirectUrl` with `linkId` and `status` in its query. `getLink` tells the same to a program. The origin of `redirectUrl` has to be registered (`PUT /api/redirect-origins`). An account that is linked already is renewed. The page [linking](linking.md) has a full example.',
  method: 'POST',
  path: '/api/accounts/link',
  body: { type: 'json', schema: linkBody },
  params: null,
  answers: { 201: openedLink },
  errors: [],
} as const satisfies Route;

export const getLinkRoute = {
  operationId: 'getLink',
  summary: 'Get a link',
  description: 'How a link stands. While its `status` is `choose`, `targets` lists what can be linked.',
  method: 'GET',
  path: '/api/accounts/link/{linkId}',
  group: 'accounts',
  auth: 'key_or_jwt',
  scope: 'account:read',
  effect: 'read',
  body: null,
  params: linkIdParams,
  query: null,
  answers: { 200: shownLink },
  errors: ['not_found'],
} as const satisfies Route;

export const chooseTargetsRoute = {
  ...write,
  operationId: 'chooseTargets',
  summary: 'Choose what to link',
  description: 'Makes an account of each target named. The same choice again gives the same accounts.',
  method: 'POST',
  path: '/api/accounts/link/{linkId}/choose',
  body: { type: 'json', schema: chooseBody },
  params: linkIdParams,
  answers: { 200: shownLink },
  errors: ['not_found', 'link_state'],
} as const satisfies Route;

export const checkAccountRoute = {
  ...write,
  operationId: 'checkAccount',
  summary: 'Check an account',
  description: 'Asks the network whether it still accepts the link. `unknown`: it did not say, and the health of the account stays as it was.',
  method: 'POST',
  path: '/api/accounts/{accountId}/check',
  body: null,
  params: accountIdParams,
  answers: { 200: checkedAccount },
  errors: ['not_found'],
} as const satisfies Route;

const bySession = { path: '/api/redirect-origins', group: 'accounts', auth: 'jwt', scope: null, params: null, query: null, answers: { 200: redirectOrigins }, errors: [] } as const;

export const getRedirectOriginsRoute = {
  ...bySession,
  operationId: 'getRedirectOrigins',
  summary: 'Get redirect origins',
  description: 'Origins to which the browsers of people who have linked an account may be sent.',
  method: 'GET',
  effect: 'read',
  body: null,
} as const satisfies Route;

export const setRedirectOriginsRoute = {
  ...bySession,
  operationId: 'setRedirectOrigins',
  summary: 'Set redirect origins',
  description: 'Puts these origins in place of all before. Each is `https://`, a host and, if need be, a port.',
  method: 'PUT',
  effect: 'write',
  body: { type: 'json', schema: redirectOrigins },
} as const satisfies Route;

const forBrowsers = { method: 'GET', group: 'accounts', auth: 'none', scope: null, effect: 'read', body: null, params: oauthParams, produces: ['text/html'], answers: { 200: linkPage, 303: linkPage }, errors: [] } as const;

export const startLinkRoute = {
  ...forBrowsers,
  operationId: 'startLink',
  summary: 'Go to the network to consent',
  description: "Where `authorizeUrl` leads: for people's browsers, which are sent on to the network. A page says so where that is not possible.",
  path: '/oauth/{network}/start',
  query: startQuery,
} as const satisfies Route;

export const finishLinkRoute = {
  ...forBrowsers,
  operationId: 'finishLink',
  summary: 'Come back from the network',
  description: "Where networks send people's browsers after the consent: the operator registers this address there. They are sent on to `redirectUrl`. A page says so where that would not be safe.",
  path: '/oauth/{network}/callback',
  query: callbackQuery,
} as const satisfies Route;

export const sendLinkFormRoute = {
  ...forBrowsers,
  operationId: 'sendLinkForm',
  summary: 'Sign in with a form',
  description:
    "For a network that has no consent page, or another way beside it: `startLink` shows a page with a form, and people's browsers send it here. What is typed is never kept. The page that comes back sends them on to `redirectUrl`, or shows the form again with what was wrong. The same form sent again has the same outcome.",
  method: 'POST',
  path: '/oauth/{network}/callback',
  body: { type: 'urlencoded', schema: linkFormBody },
  query: null,
  // No redirect: browsers hold those that follow a form against the rules of the page that had it.
  answers: { 200: linkPage },
} as const satisfies Route;

export const getClientMetadataRoute = {
  operationId: 'getClientMetadata',
  summary: 'Get what the app says of itself',
  description: 'For networks where no app is registered: it is known by this very address, and their servers read here what it may do, and by which key it shows who it is. Bluesky is one; for others there is nothing here.',
  method: 'GET',
  path: '/oauth/{network}/client-metadata.json',
  group: 'accounts',
  auth: 'none',
  scope: null,
  effect: 'read',
  body: null,
  params: oauthParams,
  query: null,
  answers: { 200: clientMetadata },
  // A name that no network has, being too long.
  errors: ['validation_failed', 'not_found'],
} as const satisfies Route;
