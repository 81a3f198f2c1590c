import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { NetworkTools } from '../../core/ports/index.ts';
import { selfDescribed } from '../../platforms/self-described.ts';
import { linkable, linkableWays, linkingAt } from './support/linking.ts';

const isDown: NetworkTools['send'] = () => Promise.resolve({ kind: 'answered', answer: { status: 503, headers: {}, body: '' } });
const isCut: NetworkTools['send'] = () => Promise.resolve({ kind: 'ambiguous', reason: 'the connection was cut' });

const PLATFORMS = join(import.meta.dirname, '../../platforms');

describe('a network that can be linked', () => {
  it('has its line in the list', () => {
    const folders = readdirSync(PLATFORMS, { recursive: true, encoding: 'utf8' }).filter((path) => /^\w+\/link\.ts$/u.test(path));
    expect(linkable.map(({ network }) => join(network, 'link.ts')).toSorted()).toEqual(folders.toSorted());
  });
});

describe('a network where no app is registered', () => {
  it('is in the list of those, so that nobody has to configure an id', () => {
    const described = linkable.filter(({ linking }) => linking.clientMetadata !== undefined);
    expect(described.map(({ network }) => network)).toEqual([...selfDescribed]);
  });
});

describe.each(linkableWays)('linking at $way', (platform) => {
  it('gives tokens for what was allowed, and the account behind them', async () => {
    const at = linkingAt(platform);
    const person = at.login.addPerson({ name: 'Ada' });
    const { tokens, targets } = await at.linked({ _person: person.id });
    expect(tokens.scopes.toSorted()).toEqual(at.scopes.toSorted());
    const behind = person.accounts.map(({ externalId }) => externalId);
    // Some logins can post for themselves too.
    expect(targets.map(({ id }) => id).slice(-behind.length)).toEqual(behind);
    expect(targets.length - behind.length).toBeLessThan(2);
    expect(targets.every(({ name, obstacle }) => name !== '' && obstacle === undefined)).toBe(true);
    const [target] = targets;
    const own = target?.tokens ?? tokens;
    expect(await at.linking.check({ externalId: target?.externalId ?? '' }, at.withTokens(own))).toMatchObject({ kind: 'accepted' });
  });

  it('gives tokens that publishing can go on with, also when they have been renewed', async () => {
    const at = linkingAt(platform);
    const person = at.login.addPerson({ name: 'Ada' });
    const { tokens, targets } = await at.linked({ _person: person.id });
    const [target] = targets;
    const own = target?.tokens ?? tokens;
    // Those that renew themselves are old enough after two days, and still good.
    at.clock.advance(2 * 24 * 3600);
    const renewed = await platform.refresh(own, { ...at.tools, account: { externalId: target?.externalId ?? '' } });
    if (renewed.kind === 'trouble') throw new Error(JSON.stringify(renewed.trouble));
    expect(await at.linking.check({ externalId: target?.externalId ?? '' }, at.withTokens(renewed.tokens))).toMatchObject({ kind: 'accepted' });
  });

  it('takes a code once, and says so for good', async () => {
    const at = linkingAt(platform);
    const person = at.login.addPerson({ name: 'Ada' });
    const request = await at.callback({ _person: person.id });
    expect(await at.linking.exchange(request, at.tools)).toMatchObject({ kind: 'granted' });
    const again = await at.linking.exchange(request, at.tools);
    expect(again).toMatchObject({ kind: 'trouble', trouble: { class: 'auth_revoked' } });
    expect(JSON.stringify(again)).not.toContain(at.tools.app.clientSecret);
  });

  it('names no secret in what the network refuses, and no more scopes than were allowed', async () => {
    const at = linkingAt(platform);
    const person = at.login.addPerson({ name: 'Ada' });
    const needed = at.linking.scopes.filter(({ needed: kind }) => kind === 'publishing').map(({ scope }) => scope);
    const { tokens } = await at.linked({ _person: person.id, _scopes: needed.flatMap((scope) => platform.asked?.[scope] ?? scope).join(' ') });
    expect(tokens.scopes.toSorted()).toEqual(needed.toSorted());
    const app = { ...at.tools.app, clientSecret: 'another-secret-that-nobody-may-see' };
    const wrong = { ...at.tools, app, ...(at.tools.loginApp !== undefined && { loginApp: () => Promise.resolve(app) }) };
    const refused = await at.linking.exchange(await at.callback({ _person: person.id }), wrong);
    expect(refused).toMatchObject({ kind: 'trouble' });
    expect(JSON.stringify(refused)).not.toContain('another-secret');
  });

  it('is told that a token is not accepted any more, and tells nothing of an account when the network is down', async () => {
    const at = linkingAt(platform);
    const person = at.login.addPerson({ name: 'Ada' });
    const { tokens, targets } = await at.linked({ _person: person.id });
    const [target] = targets;
    const own = target?.tokens ?? tokens;
    at.login.revoke(person.id);
    const check = (tools: NetworkTools) => at.linking.check({ externalId: target?.externalId ?? '' }, tools);
    expect(await check(at.withTokens(own))).toMatchObject({ kind: 'trouble', trouble: { class: expect.stringMatching(/^auth_(?:expired|revoked)$/u) } });
    expect(await check({ ...at.withTokens(own), send: isDown })).toMatchObject({ kind: 'trouble', trouble: { class: 'retryable' } });
    expect(await at.linking.exchange(await at.callback({ _person: person.id }), { ...at.tools, send: isCut })).toMatchObject({ kind: 'trouble', trouble: { class: 'retryable' } });
  });

  it.runIf(platform.linking.revoke !== undefined)('ends the tokens where the account is unlinked', async () => {
    const at = linkingAt(platform);
    const person = at.login.addPerson({ name: 'Ada' });
    const { tokens, targets } = await at.linked({ _person: person.id });
    const [target] = targets;
    const own = target?.tokens ?? tokens;
    expect(await at.linking.revoke?.(own, at.tools)).toEqual({ kind: 'revoked' });
    expect(await at.linking.check({ externalId: target?.externalId ?? '' }, at.withTokens(own))).toMatchObject({ kind: 'trouble' });
  });
});
