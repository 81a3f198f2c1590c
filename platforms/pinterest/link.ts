import type { Linking, LinkTools } from '../../core/ports/index.ts';
import { codeGrant, consentAt, withToken, type AuthorizationServer } from '../authorization.ts';
import { listBoards, readUser } from './client.ts';
import { tokenTrouble } from './errors.ts';

/**
 * A user; every pin lies on a board, so the person picks one that pins go to by default. Which call ends a token the pages do not
 * say: the person does it in Pinterest's settings.
 */
export const linking: Linking = {
  scopes: [
    { scope: 'user_accounts:read', needed: 'publishing', means: 'see the account and its numbers' },
    { scope: 'boards:read', needed: 'publishing', means: 'see the boards' },
    { scope: 'boards:write', needed: 'publishing', means: 'put pins on boards' },
    { scope: 'pins:read', needed: 'publishing', means: 'see the pins and their numbers' },
    { scope: 'pins:write', needed: 'publishing', means: 'make pins' },
  ],
  pkce: 'none',
  choice: 'one',
  nothingBehind: 'There is no Pinterest account behind this login. Log in to Pinterest with the account that you want to link.',

  authorize: async (request, tools) => consentAt({ url: `${tools.endpoints['www']}/oauth/`, separator: ',' }, request, tools),

  exchange: (request, tools) => codeGrant(request, tools, serverOf(tools)),

  targets: async ({ accessToken }, tools) => {
    const known = withToken(tools, accessToken);
    const user = await readUser(known);
    if (user.kind === 'trouble') return user;
    const boards = await listBoards(known);
    if (boards.kind === 'trouble') return boards;
    const { id, username } = user.value;
    const externalId = id ?? username;
    // Without a board, each upload has to name one.
    if (boards.value.length === 0) return { kind: 'targets', targets: [{ id: externalId, type: 'profile', name: username, externalId }] };
    return { kind: 'targets', targets: boards.value.map((board) => ({ id: board.id, type: 'board', name: board.name, externalId, accountName: username, defaults: { board: board.id } })) };
  },

  check: async (_account, tools) => {
    const read = await readUser(tools);
    return read.kind === 'trouble' ? read : { kind: 'accepted', name: read.value.username };
  },
};

function serverOf({ endpoints }: LinkTools): AuthorizationServer {
  return { title: 'Pinterest', tokenUrl: `${endpoints['api']}/v5/oauth/token`, authentication: 'basic', trouble: tokenTrouble };
}
