import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FormAnswer } from '../../../core/linking/browser.ts';
import type { Filled } from '../../../core/linking/sign-in.ts';
import { APP_PASSWORD, MAIN_PASSWORD } from '../../../sandbox/bluesky/accounts.ts';
import { Died, mortal } from '../../functions/support/mortal.ts';
import { scheduled } from './scheduled.ts';
import { FAULTS, linkWorld, TENANT, told, type LinkWorld, type Opening } from './world.ts';

/** A network that asks people for what they type on a page of ours. */

const network = 'bluesky';
const WRONG = 'no-such-word-here';

function newWorld() {
  const world = linkWorld();
  return { ...world, ada: world.sandbox.addAccount(network, { name: 'Ada' }) };
}
type World = ReturnType<typeof newWorld>;

/** A browser comes and is shown the form. */
async function shown(world: LinkWorld, opening: Opening = {}): Promise<FormAnswer & { readonly linkId: string; readonly browser: string }> {
  const linkId = await world.open(network, { ...opening, options: { method: 'app_password', ...opening.options } });
  const visited = await world.vault().visit({ network, linkId });
  if (visited.kind !== 'form') throw new Error(`There is no form: ${JSON.stringify(visited)}`);
  return { ...visited, linkId };
}

const filledIn = ({ state, code }: Pick<FormAnswer, 'state' | 'code'>, browser: string, handle: string, password: string): Filled => ({ network, state, code, browser, fields: { handle, password } });

/** A form that is filled in rightly, ready to be sent. */
async function ready(world: World, opening: Opening = {}) {
  const form = await shown(world, opening);
  return { ...form, filled: filledIn(form, form.browser, world.ada.name, APP_PASSWORD) };
}

const callsOf = async (world: World, operation: string) => (await world.sandbox.calls(network)).filter((call) => call.operation === operation);

async function expectOneAccount(world: World): Promise<void> {
  const [account, ...others] = await world.accounts();
  expect([account?.externalId, others]).toEqual([world.ada.externalId, []]);
  if (account !== undefined) expect(await world.serves(account)).toBe(true);
}

describe('a form in place of a consent', () => {
  it('is shown with what the link’s options say, and makes an account of what is typed', async () => {
    const world = newWorld();
    const form = await shown(world, { options: { handle: 'ada.bsky.social' } });
    expect(form.form.fields.map(({ name, type, initial }) => [name, type, initial])).toEqual([['handle', 'text', 'ada.bsky.social'], ['password', 'password', '']]);
    expect(told(await world.vault().signIn(filledIn(form, form.browser, ` @${world.ada.name.toUpperCase()} `, `${APP_PASSWORD} `)))).toBe('linked');
    await expectOneAccount(world);
    const [account] = await world.accounts();
    expect(account).toMatchObject({ name: world.ada.name, scopes: ['atproto', 'transition:generic'], health: 'active' });
  });

  it('that is sent again, also at the same time, has the same outcome, of one session', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const world = newWorld();
        const { filled } = await ready(world);
        const store = scheduled(scheduler, world.ports.store);
        const answers = Promise.all([world.vault({ store }).signIn(filled), world.vault({ store }).signIn(filled)]);
        await scheduler.waitFor(answers);
        expect((await answers).map(told)).toEqual(['linked', 'linked']);
        expect(told(await world.vault().signIn(filled))).toBe('linked');
        expect(await callsOf(world, 'session.create')).toHaveLength(1);
        await expectOneAccount(world);
      }),
      { numRuns: 20 },
    );
  });

  it('whose words are wrong is shown again and says so, with the name that was typed and without the password', async () => {
    const world = newWorld();
    const first = await shown(world);
    const wrong = await world.vault().signIn(filledIn(first, first.browser, world.ada.name, WRONG));
    if (wrong.kind !== 'form') throw new Error('It is not shown again.');
    expect(wrong.message).toContain('does not accept this app password');
    expect(wrong.form.fields.map(({ initial }) => initial)).toEqual([world.ada.name, '']);
    expect([wrong.state, wrong.code === first.code]).toEqual([first.state, false]);
    expect((await world.store.getLink(first.linkId))?.stage.at).toBe('visited');
    // The one before, sent again: as wrong as it was.
    expect(told(await world.vault().signIn(filledIn(first, first.browser, world.ada.name, WRONG)))).toContain('does not accept');
    expect(told(await world.vault().signIn(filledIn(wrong, first.browser, world.ada.name, APP_PASSWORD)))).toBe('linked');
    expect(told(await world.vault().signIn(filledIn(first, first.browser, world.ada.name, WRONG)))).toBe('page used');
    await expectOneAccount(world);
  });

  it.each([
    ['nobody.bsky.social', 'knows no account'],
    ['ada@example.com', 'knows no account'],
    ['Ada', 'knows no account'],
    ['did:plc:aaaaaaaaaaaaaaaaaaaaaaaa', 'knows no account'],
    ['', 'Fill in: Handle'],
    ['   ', 'Fill in: Handle'],
  ])('with the name %j is shown again, and no password is sent anywhere', async (handle, words) => {
    const world = newWorld();
    const form = await shown(world);
    expect(told(await world.vault().signIn(filledIn(form, form.browser, handle, APP_PASSWORD)))).toContain(words);
    expect(await callsOf(world, 'session.create')).toEqual([]);
    expect(told(await world.vault().signIn(filledIn(form, form.browser, world.ada.externalId, APP_PASSWORD)))).toBe('linked');
  });

  it('does not take the password of the account itself, and ends the session that it made', async () => {
    const world = newWorld();
    const form = await shown(world);
    expect(told(await world.vault().signIn(filledIn(form, form.browser, world.ada.name, MAIN_PASSWORD)))).toContain('the password of the account itself');
    expect(await callsOf(world, 'session.delete')).toMatchObject([{ status: 200 }]);
    expect(await world.accounts()).toEqual([]);
  });

  it('waits as long as the network wants, after many tries', async () => {
    const world = newWorld();
    const form = await shown(world);
    const send = (password: string) => world.vault().signIn(filledIn(form, form.browser, world.ada.name, password));
    for (let time = 0; time < 30; time += 1) expect(told(await send(WRONG))).toContain('does not accept');
    expect(told(await send(APP_PASSWORD))).toMatch(/^form Bluesky asks for a pause after so many tries. Send it again in [1-5] min/u);
    world.clock.pass(300);
    expect(told(await send(APP_PASSWORD))).toBe('linked');
  });

  it('ends the link where typing something else would not help', async () => {
    const world = newWorld();
    const { filled, linkId } = await ready(world);
    world.sandbox.addFault({ network, operation: 'session.create', effect: 'refuse', status: 401, body: JSON.stringify({ error: 'AccountTakedown', message: 'Account has been taken down' }), times: 9 });
    expect(told(await world.vault().signIn(filled))).toBe('failed network_refused');
    expect((await world.store.getLink(linkId))?.stage).toMatchObject({ failure: { message: expect.stringContaining('taken down') } });
  });
});

describe('a form of ours', () => {
  it('counts from the browser that was shown it, for its link, in its time', async () => {
    const world = newWorld();
    const { filled, linkId } = await ready(world);
    const other = await ready(world);
    const tell = async (change: Partial<Filled>) => told(await world.vault().signIn({ ...filled, ...change }));
    expect(await tell({ browser: null })).toBe('page other_browser');
    expect(await tell({ browser: other.browser })).toBe('page other_browser');
    for (const state of ['', 'x', other.state.replace(/^[^.]+/u, linkId), `${other.linkId}.${filled.state.split('.')[1]}`]) expect(await tell({ state })).toBe('page unknown');
    for (const code of ['', 'a', 'a'.repeat(44)]) expect(await tell({ code })).toBe('page unknown');
    expect(await tell({ network: 'x' })).toBe('page unknown');
    // What comes by the address of a network's answer is none here.
    for (const query of [`state=${filled.state}&code=${filled.code}`, `state=${filled.state}&error=access_denied`]) {
      expect(told(await world.vault().finish({ network, query, browser: filled.browser }))).toBe('page unknown');
    }
    world.clock.pass(15 * 60);
    expect(await tell({})).toBe('expired');
    expect(await callsOf(world, 'session.create')).toEqual([]);
    expect(await world.accounts()).toEqual([]);
  });

  it('is none of a link that went to a network', async () => {
    const world = newWorld();
    const { cameBack, linkId } = await world.begin('x', world.person('x'));
    const state = new URLSearchParams(cameBack.query).get('state') ?? '';
    expect(told(await world.vault().signIn({ network: 'x', state, code: 'a'.repeat(43), browser: cameBack.browser, fields: {} }))).toBe('page unknown');
    expect((await world.store.getLink(linkId))?.stage.at).toBe('visited');
  });

  it('gives way to a form that is shown later', async () => {
    const world = newWorld();
    const { filled, linkId } = await ready(world);
    const later = await world.vault().visit({ network, linkId });
    if (later.kind !== 'form') throw new Error('There is no form.');
    expect(told(await world.vault().signIn(filled))).toBe('page unknown');
    expect(told(await world.vault().signIn({ ...filled, state: later.state, code: later.code, browser: later.browser }))).toBe('linked');
  });

  it('loses and doubles nothing wherever the process dies', async () => {
    for (let write = 1; ; write += 1) {
      const outcomes = await Promise.all((['before', 'after'] as const).map((when) => dying(write, when)));
      if (outcomes.includes('survived')) {
        expect(write).toBeGreaterThan(6);
        return;
      }
    }
  });

  it('loses and doubles nothing whatever becomes of each of its calls', async () => {
    for (const operation of ['handle.resolve', 'did.read', 'session.create', 'session.read']) {
      for (const [fault, times] of FAULTS.flatMap((each) => [[each, 1] as const, [each, 9] as const])) {
        const world = newWorld();
        const { filled, ...form } = await ready(world);
        world.sandbox.addFault({ network, operation, times, ...fault });
        const first = await world.vault().signIn(filled);
        expect([operation, fault.effect, times, told(first)]).toEqual([operation, fault.effect, times, expect.stringMatching(/^(?:linked|page try_again|form Bluesky does not answer)/u)]);
        world.sandbox.faults.clear();
        world.clock.pass(60);
        await world.sandbox.settle();
        const next = first.kind === 'form' ? filledIn(first, form.browser, world.ada.name, APP_PASSWORD) : filled;
        expect(told(await world.vault().signIn(next))).toBe('linked');
        await expectOneAccount(world);
      }
    }
  });

  it('keeps what was typed nowhere', async () => {
    const world = newWorld();
    const kept: unknown[] = [];
    const { store, cipher } = world.ports;
    const vault = world.vault({ store: heard(store, kept), cipher: heard(cipher, kept) });
    const linkId = await world.open(network, { options: { method: 'app_password' } });
    const form = await vault.visit({ network, linkId });
    if (form.kind !== 'form') throw new Error('There is no form.');
    const secrets = [APP_PASSWORD, MAIN_PASSWORD, WRONG];
    const answers: unknown[] = [];
    for (const password of [WRONG, MAIN_PASSWORD]) answers.push(await vault.signIn(filledIn(form, form.browser, world.ada.name, password)));
    // A server that repeats what it was sent.
    const repeating = { error: 'InvalidRequest', message: `No: ${WRONG}` };
    world.sandbox.addFault({ network, operation: 'session.create', effect: 'refuse', status: 400, body: JSON.stringify(repeating), times: 1 });
    answers.push(await vault.signIn(filledIn(form, form.browser, world.ada.name, WRONG)));
    world.sandbox.addFault({ network, operation: 'session.create', effect: 'drop_after', times: 9 });
    answers.push(await vault.signIn(filledIn(form, form.browser, world.ada.name, APP_PASSWORD)));
    world.sandbox.faults.clear();
    answers.push(await vault.signIn(filledIn(form, form.browser, world.ada.name, APP_PASSWORD)));
    expect(answers).toHaveLength(5);
    for (const text of [JSON.stringify(answers), JSON.stringify(kept), world.logged.join('\n')]) {
      expect(text.length).toBeGreaterThan(200);
      for (const secret of secrets) expect(text).not.toContain(secret);
    }
  });
});

describe('an account that was linked by a form', () => {
  it('is renewed by another one, and its session is ended with it', async () => {
    const world = newWorld();
    expect(told(await world.vault().signIn((await ready(world)).filled))).toBe('linked');
    expect(told(await world.vault().signIn((await ready(world)).filled))).toBe('linked');
    const [account, ...others] = await world.accounts();
    if (account === undefined) throw new Error('There is no account.');
    expect([others, account.tokenVersion]).toEqual([[], 2]);
    expect(await world.vault().renew({ tenantId: TENANT, accountId: account.accountId })).toBe('renewed');
    const [renewed = account] = await world.accounts();
    expect(await world.store.unlinkAccount({ ...renewed, at: world.later(0) })).toBe('unlinked');
    expect(await world.vault().revoke(renewed)).toBe('revoked');
    expect(await callsOf(world, 'session.delete')).toMatchObject([{ status: 200 }]);
  });
});

/** Lets the process die at its n-th write, and sends the same form again to another one. */
async function dying(write: number, when: 'before' | 'after'): Promise<'died' | 'survived'> {
  const world = newWorld();
  const { filled } = await ready(world);
  const life = mortal();
  life.dieAt(write, when);
  const { store, cipher, transport } = world.ports;
  const vault = world.vault({ store: life.wrap(store), cipher: life.wrap(cipher), transport: life.wrap(transport) });
  const died = await vault.signIn(filled).then(
    () => false,
    (error: unknown) => {
      if (error instanceof Died) return true;
      throw error;
    },
  );
  world.clock.pass(60);
  expect(told(await world.vault().signIn(filled))).toBe('linked');
  await expectOneAccount(world);
  return died ? 'died' : 'survived';
}

/** Keeps what the calls of a port are given and give. */
function heard<Port extends object>(port: Port, kept: unknown[]): Port {
  return new Proxy(port, {
    get: (target, name) => {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      return async (...parameters: unknown[]): Promise<unknown> => {
        const result: unknown = await Reflect.apply(method, target, parameters);
        kept.push(parameters, result);
        return result;
      };
    },
  });
}
