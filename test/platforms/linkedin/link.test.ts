import { describe, expect, it } from 'vitest';
import { linking } from '../../../platforms/linkedin/link.ts';
import { linkingOf } from '../support/linking.ts';

const request = { scopes: linking.scopes.map(({ scope }) => scope), redirectUri: 'https://fanfare.example/back', state: 's', challenge: null };

describe('a member', () => {
  it('is asked for what any app may ask for, and for pages only where the request says so', async () => {
    const at = linkingOf('linkedin');
    const scopesAsked = async (options: Record<string, unknown>) => {
      const asked = await linking.authorize({ ...request, options }, at.tools);
      return asked.kind === 'authorize' ? new URL(asked.url).searchParams.get('scope')?.split(' ') : null;
    };
    expect(await scopesAsked({})).toEqual(['openid', 'profile', 'w_member_social']);
    expect(await scopesAsked({ pages: true })).toEqual(request.scopes);
  });

  it('is listed with the pages on which they may post, and with those on which they may not, and why', async () => {
    const at = linkingOf('linkedin');
    const person = at.login.addPerson({ name: 'Ada', accounts: [{ name: 'Mine' }, { name: 'Theirs', mayPublish: false }] });
    const { targets } = await at.linked({ _person: person.id });
    expect(targets.map(({ type, name, obstacle }) => [type, name, obstacle])).toEqual([
      ['profile', 'Ada', undefined],
      ['organisation', 'Mine', undefined],
      ['organisation', 'Theirs', 'Your role on this page may not create content. Ask its administrator for another one.'],
    ]);
  });

  it('who does not allow posting is told so', async () => {
    const at = linkingOf('linkedin');
    const person = at.login.addPerson({ name: 'Ada', accounts: [{ name: 'Mine' }] });
    const { targets } = await at.linked({ _person: person.id, _scopes: 'openid profile rw_organization_admin' });
    expect(targets.map(({ obstacle }) => obstacle)).toEqual([expect.stringContaining('in your name was not allowed'), expect.stringContaining('for your pages was not allowed')]);
  });
});
