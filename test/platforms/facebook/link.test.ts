import { describe, expect, it } from 'vitest';
import { linkingOf } from '../support/linking.ts';

describe('the pages of a person', () => {
  it('are all listed, however many there are, each with a token of its own', async () => {
    const at = linkingOf('facebook');
    const accounts = Array.from({ length: 101 }, (_, index) => ({ name: `Page ${index}` }));
    const person = at.login.addPerson({ name: 'Ada', accounts });
    const { tokens, targets } = await at.linked({ _person: person.id });
    expect(targets.map(({ name }) => name)).toEqual(accounts.map(({ name }) => name));
    const own = targets.map((target) => target.tokens?.accessToken);
    expect(new Set(own).size).toBe(101);
    expect(own).not.toContain(tokens.accessToken);
    // The person's token is what renews those of pages.
    expect(targets.every((target) => target.tokens?.refreshToken === tokens.accessToken)).toBe(true);
  });

  it('say why nothing can be posted on one', async () => {
    const at = linkingOf('facebook');
    const person = at.login.addPerson({ name: 'Ada', accounts: [{ name: 'Mine' }, { name: 'Theirs', mayPublish: false }] });
    const { targets } = await at.linked({ _person: person.id });
    expect(targets.map(({ name, obstacle }) => [name, obstacle])).toEqual([
      ['Mine', undefined],
      ['Theirs', 'Your role on this page may not create content. Ask its owner for another one.'],
    ]);
  });

  it('are none where none was ticked', async () => {
    const at = linkingOf('facebook');
    const person = at.login.addPerson({ name: 'Ada', accounts: [] });
    expect(await at.linked({ _person: person.id })).toMatchObject({ targets: [] });
  });
});
