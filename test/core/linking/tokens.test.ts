import { describe, expect, it } from 'vitest';
import type { VaultPorts } from '../../../core/linking/ports.ts';
import { TokenUnreadable } from '../../../core/ports/index.ts';
import { linkings } from '../../../platforms/linkings.ts';
import { linked, linkWorld, only, OTHER_TENANT, told } from './world.ts';

describe('the tokens of an account', () => {
  it('that are not its own are refused before anything is sent, and linking again makes it good', async () => {
    const world = linkWorld();
    const ada = await linked(world, 'x');
    const own = await only(world);
    const { cameBack } = await world.begin('x', world.person('x'), { tenantId: OTHER_TENANT });
    expect(told(await world.vault().finish(cameBack))).toBe('linked');
    const [foreign] = await world.accounts(OTHER_TENANT);
    const before = (await world.sandbox.calls('x')).length;
    expect(await world.store.storeTokens({ ...own, tokens: foreign?.tokens ?? own.tokens })).toBe(true);
    await expect(world.vault().check(own)).rejects.toThrow(TokenUnreadable);
    await expect(world.vault().renew(own)).rejects.toThrow(TokenUnreadable);
    expect((await world.sandbox.calls('x')).length).toBe(before);
    await linked(world, 'x', ada);
    expect(await only(world)).toMatchObject({ accountId: own.accountId, health: 'active' });
    expect(await world.serves(own)).toBe(true);
  });

  it('say with each renewal what the person still allows', async () => {
    const world = linkWorld();
    await linked(world, 'tiktok');
    const account = await only(world);
    const transport: VaultPorts['transport'] = {
      send: async (request, how) => {
        const result = await world.ports.transport.send(request, how);
        if (result.kind !== 'answered' || !request.url.includes('/oauth/token')) return result;
        return { ...result, answer: { ...result.answer, body: result.answer.body.replace(/"scope":"[^"]*"/u, '"scope":"video.publish"') } };
      },
    };
    expect(await world.vault({ transport }).renew(account)).toBe('renewed');
    expect((await only(world)).scopes).toEqual(['video.publish']);
  });
});

/** Networks that void a refresh token with its use, as their stand-ins have it: some of them the access token too. */
const voiding = (refresh: 'rotates' | 'single_use') => Object.keys(linkings).filter((network) => linkWorld().sandbox.login(network).dialect.refresh === refresh);

/** An account whose tokens were renewed by a call whose answer was lost. */
async function unheard(network: string) {
  const world = linkWorld();
  await linked(world, network);
  const account = await only(world);
  world.sandbox.addFault({ network, operation: 'token.refresh', effect: 'drop_after', times: 1 });
  expect(await world.vault().renew(account)).toBe('later');
  expect(await only(world)).toMatchObject({ health: 'active', healthReason: null, tokens: account.tokens });
  return { world, account };
}

describe.each(voiding('rotates'))('a renewal at %s whose answer is lost', (network) => {
  it('costs nothing as long as the old access token serves, and then says what happened', async () => {
    const { world, account } = await unheard(network);
    for (let time = 0; time < 3; time += 1) expect(await world.vault().renew(account)).toBe('later');
    const left = (Date.parse(account.tokenEnds ?? '') - world.clock.now().getTime()) / 1000;
    world.clock.pass(left - 1);
    expect(await world.serves(account)).toBe(true);
    expect(await only(world)).toMatchObject({ health: 'active', healthReason: null, tokens: account.tokens });
    world.clock.pass(1);
    expect(await world.serves(account)).toBe(false);
    expect(await only(world)).toMatchObject({ health: 'reauth_required', healthSince: world.later(0), healthReason: expect.stringMatching(/the answer of \w+ to a renewal was lost.*Reconnect the account/u) });
  });
});

describe.each(voiding('single_use'))('a renewal at %s whose answer is lost', (network) => {
  it('is reported as soon as anything needs the account, and linking again makes it good', async () => {
    const { world, account } = await unheard(network);
    world.clock.pass(60);
    expect(await world.serves(account)).toBe(false);
    const ended = await only(world);
    expect(ended).toMatchObject({ health: 'reauth_required', healthSince: world.later(0), healthReason: expect.stringMatching(/Reconnect the account/u) });
    if (network === 'x') expect(ended.healthReason).toMatch(/the answer of X to a renewal was lost/u);
  });
});
