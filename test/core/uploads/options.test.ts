import { describe, expect, it } from 'vitest';
import { optionsFor } from '../../../core/uploads/options.ts';
import { platforms } from '../../../platforms/registry.ts';

const account = { network: 'pinterest', defaults: { board: '1', boardSection: '11', link: 'https://shop.test/' } };
const connector = { dependentOptions: { board: ['boardSection'] } };
const counting = (own: unknown) => optionsFor({ pinterest: own, x: { replySettings: 'verified' } }, account, connector);

describe('the options of an upload that count for an account', () => {
  it('are its own before the defaults of the account', () => {
    expect(counting(undefined)).toEqual(account.defaults);
    expect(counting({ link: 'https://other.test/' })).toEqual({ ...account.defaults, link: 'https://other.test/' });
    expect(counting({ boardSection: '12' })).toEqual({ ...account.defaults, boardSection: '12' });
    expect(optionsFor({}, { ...account, defaults: {} }, connector)).toBeUndefined();
  });

  it('have no default that belongs to another value than theirs', () => {
    expect(counting({ board: '2' })).toEqual({ board: '2', link: 'https://shop.test/' });
    expect(counting({ board: '2', boardSection: '21' })).toEqual({ board: '2', boardSection: '21', link: 'https://shop.test/' });
    expect(counting({ board: '1' })).toEqual(account.defaults);
  });
});

describe.each(platforms.map((platform) => [platform.network, platform] as const))('%s', (_, { optionsSchema, dependentOptions = {}, perPostOptions = [] }) => {
  it('speaks only of options that it has', () => {
    const named = [...perPostOptions, ...Object.entries(dependentOptions).flatMap(([option, dependents]) => [option, ...dependents])];
    expect(Object.keys(optionsSchema.shape)).toEqual(expect.arrayContaining(named));
  });
});
