import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LinkTools } from '../../../core/ports/index.ts';
import { signIn } from '../../../platforms/bluesky/app-password.ts';
import { bluesky } from '../../../platforms/bluesky/index.ts';
import { theseTokens } from '../../../core/tokens.ts';
import { linking } from '../../../platforms/bluesky/link.ts';
import { endSession } from '../../../platforms/bluesky/session.ts';
import { httpTransport } from '../../../platforms/transport.ts';
import { startPds, type PdsAccount, type RealPds } from '../support/pds.ts';

/** Linking by an app password, at a real server. */

let pds: RealPds;
let ada: PdsAccount;
let tools: LinkTools;

beforeAll(async () => {
  pds = await startPds({});
  ada = await pds.newAccount('ada');
  const transport = httpTransport({ defaultTimeout: 20 });
  tools = { send: (request) => transport.send(request), now: () => new Date(), endpoints: { pds: pds.pdsUrl, plc: pds.plcUrl }, app: { clientId: '', clientSecret: '' } };
});
afterAll(() => pds?.stop());

const typed = (handle: string, password: string) => signIn({ fields: { handle, password }, memory: null, scopes: [] }, tools);

async function message(name: string, password: string): Promise<string> {
  const outcome = await typed(name, password);
  return outcome.kind === 'trouble' ? outcome.trouble.message : 'granted';
}

describe('a real server', () => {
  it('gives a session for handle or DID, with which the account is read and renewed, until it is ended', async () => {
    for (const name of [`@${ada.handle}`, ada.did]) {
      const granted = await typed(name, ada.appPassword);
      if (granted.kind === 'trouble') throw new Error(JSON.stringify(granted.trouble));
      expect(await linking.targets(granted.tokens, tools)).toMatchObject({ targets: [{ id: ada.did, name: ada.handle }] });
      const account = { externalId: ada.did };
      const refreshed = await bluesky.refresh(granted.tokens, { ...tools, account });
      if (refreshed.kind === 'trouble') throw new Error(JSON.stringify(refreshed.trouble));
      expect(await linking.check(account, { ...tools, ...theseTokens(refreshed.tokens) })).toEqual({ kind: 'accepted', name: ada.handle });
      expect(await endSession(refreshed.tokens, tools)).toEqual({ kind: 'revoked' });
      expect(await bluesky.refresh(refreshed.tokens, { ...tools, account })).toMatchObject({ trouble: { class: 'auth_revoked' } });
    }
  });

  it('says what is wrong in the words that are expected of it', async () => {
    expect(await message(ada.handle, 'abcd-efgh-ijkl-mnop')).toContain('does not accept this app password');
    expect(await message('nobody.test', ada.appPassword)).toContain('no account by this name');
    expect(await message(ada.handle, ada.mainPassword)).toContain('the password of the account itself');
  });
});
