import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { APP_PASSWORD, MAIN_PASSWORD } from '../../../sandbox/bluesky/accounts.ts';
import { startSandbox, type SandboxServer } from '../../../sandbox/server.ts';
import { startPds, type RealPds } from '../support/pds.ts';
import { facts as calls } from './facts.ts';
import { oauthFacts } from './oauth-facts.ts';
import type { Server } from './server.ts';

/** Our stand-in of a Bluesky server answers as the real one does, call by call. */

const facts = [...oauthFacts, ...calls];

/** Where it does not, and why that is as it should be. */
const ACCEPTED: Readonly<Record<string, string>> = {
  'a pushed request: without a proof': 'The stand-in refuses it: the protocol has apps prove their key here too, though the real server does without.',
  'a pushed request: without a state': 'The stand-in takes no request that a stranger could have begun.',
  'a pushed request: with a field that nobody knows': 'As any field that nobody knows.',
  'a token: of nobody': 'Two things are wrong with it: the real server names the code, the stand-in the app.',
  'a call: with a token that is bound to a key, without a proof': 'Two things are wrong with it: the real server names the token, the stand-in the proof.',
  'putRecord: a field that nobody knows': 'The stand-in refuses it: who sends it believes in something that does not exist.',
  'no such method': 'A server passes it on to the service that shows posts, if it knows one, as bsky.social does: that one answers so. This one knows none.',
  'the video service is elsewhere': 'As any method that a server does not have.',
};

const real = new Map<string, unknown>();
const ours = new Map<string, unknown>();
let pds: RealPds;
let sandbox: SandboxServer;

beforeAll(async () => {
  pds = await startPds({ rateLimits: true });
  // With the limits as they are documented.
  sandbox = await startSandbox({ caps: {}, processingSeconds: 0 });
  const [ada, bob] = [await pds.newAccount('ada'), await pds.newAccount('bob')];
  await hear(real, { ...pds, ...ada, other: bob, kept: new Map() });
  const [ours1, ours2] = ['ada', 'bob'].map((name) => sandbox.sandbox.addAccount('bluesky', { name }));
  if (ours1 === undefined || ours2 === undefined) throw new Error('There are no accounts.');
  const url = `${sandbox.url}/bluesky`;
  const other = { did: ours2.externalId, handle: ours2.name };
  await hear(ours, { pdsUrl: `${url}/pds`, plcUrl: `${url}/plc`, did: ours1.externalId, handle: ours1.name, appPassword: APP_PASSWORD, mainPassword: MAIN_PASSWORD, other, kept: new Map() });
});

afterAll(async () => {
  await pds?.stop();
  await sandbox?.stop();
});

/** A call that throws is a fact too: it is compared as such, and hides no others. */
async function hear(answers: Map<string, unknown>, server: Server): Promise<void> {
  for (const fact of facts) answers.set(fact.name, await fact.ask(server).catch((error: unknown) => `threw ${String(error)}`));
}

describe('the stand-in of a Bluesky server answers as the real one', () => {
  it.each(facts)('$name', ({ name }) => {
    const reason = ACCEPTED[name];
    if (reason === undefined) expect(ours.get(name)).toEqual(real.get(name));
    else expect(ours.get(name), `no difference any more: ${reason}`).not.toEqual(real.get(name));
  });

  it('and every difference that is accepted is one of these facts', () => {
    expect(Object.keys(ACCEPTED).filter((name) => !facts.some((fact) => fact.name === name))).toEqual([]);
  });
});
