import { describe, expect, it } from 'vitest';
import { linkingOf } from '../support/linking.ts';

describe('the boards of a user', () => {
  it('are ways to link the one account, each with the board as its default', async () => {
    const at = linkingOf('pinterest');
    const person = at.login.addPerson({ name: 'Ada', accounts: [{ name: 'Boats' }, { name: 'Birds' }] });
    const { targets } = await at.linked({ _person: person.id });
    expect(targets.map(({ type, name, accountName }) => [type, name, accountName])).toEqual([
      ['board', 'Boats', 'ada'],
      ['board', 'Birds', 'ada'],
    ]);
    expect(new Set(targets.map(({ externalId }) => externalId)).size).toBe(1);
    expect(targets.map(({ defaults }) => defaults)).toEqual(person.accounts.map(({ externalId }) => ({ board: externalId })));
  });

  it('are all listed, however many there are', async () => {
    const at = linkingOf('pinterest');
    const person = at.login.addPerson({ name: 'Ada', accounts: Array.from({ length: 251 }, (_, index) => ({ name: `Board ${index}` })) });
    expect((await at.linked({ _person: person.id })).targets).toHaveLength(251);
  });

  it('need not be there: then each upload has to name one', async () => {
    const at = linkingOf('pinterest');
    const person = at.login.addPerson({ name: 'Ada', accounts: [] });
    const { targets } = await at.linked({ _person: person.id });
    expect(targets).toEqual([{ id: expect.stringMatching(/^\d+$/u), type: 'profile', name: 'ada', externalId: targets[0]?.id }]);
  });
});
