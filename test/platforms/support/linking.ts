import { scopesOf } from '../../../core/linking/ports.ts';
import type { TokenSet } from '../../../core/model.ts';
import type { ExchangeRequest, Linking, LinkTools, NetworkTools } from '../../../core/ports/index.ts';
import { theseTokens } from '../../../core/tokens.ts';
import { PAGE_SCOPES } from '../../../platforms/instagram/link.ts';
import { linkings } from '../../../platforms/linkings.ts';
import type { Platform } from '../../../platforms/platform.ts';
import { platforms } from '../../../platforms/registry.ts';
import { networkSettings } from '../../../sandbox/networks.ts';
import { createSandbox } from '../../../sandbox/sandbox.ts';
import { describedApps } from './client-metadata.ts';
import { consent, REDIRECT } from './consented.ts';
import { inProcess, testClock } from '../../sandbox/in-process.ts';

const BASE = 'http://sandbox.test';

export type Linkable = Platform & { readonly linking: Linking };

/** A network, and the way in which it is linked where there are several. */
export interface LinkableWay extends Linkable {
  readonly way: string;
  /** Of its links. */
  readonly options: Readonly<Record<string, unknown>>;
  /** What its consent page asks for, by the scope of the contract; left out: that very scope. */
  readonly asked?: Readonly<Record<string, readonly string[]>>;
}

/** Every network that has a way of linking. */
export const linkable = platforms.flatMap((platform): readonly Linkable[] => {
  const linking = linkings[platform.network];
  return linking === undefined ? [] : [{ ...platform, linking }];
});

/** All of them by the way that is meant if nobody says otherwise, and those that have another consent page. */
export const linkableWays: readonly LinkableWay[] = [
  ...linkable.map((platform) => ({ ...platform, way: platform.network, options: {} })),
  ...linkable.filter(({ network }) => network === 'instagram').map((platform) => ({ ...platform, way: 'instagram by Facebook Login', options: { login: 'facebook' }, asked: PAGE_SCOPES })),
];

/** The way of linking of the network of this name, at its stand-in. */
export function linkingOf(network: string): ReturnType<typeof linkingAt> {
  const found = linkable.find((platform) => platform.network === network);
  if (found === undefined) throw new Error(`Accounts of ${network} cannot be linked.`);
  return linkingAt(found);
}

/** A network's way of linking, at its stand-in. */
export function linkingAt({ network, linking, options: chosen = {} }: Linkable & { readonly options?: LinkableWay['options'] }) {
  const clock = testClock();
  const sandbox = createSandbox({ clock, baseUrl: BASE, processingSeconds: 0, sleep: clock.sleep, fetch: describedApps({ [network]: REDIRECT }) });
  const login = sandbox.login(network);
  login.registerRedirect(REDIRECT);
  const transport = inProcess(sandbox, clock);
  const settings = networkSettings(network, BASE);
  const tools: LinkTools = { send: (request) => transport.send(request), now: () => clock.now(), ...settings };
  const withTokens = (tokens: TokenSet): NetworkTools => ({ ...tools, ...theseTokens(tokens) });
  // All that can be asked for.
  const wide = Object.fromEntries(Object.keys(linking.optionsSchema?.shape ?? {}).map((name) => [name, true]));
  const options = linking.optionsSchema?.safeParse({ ...wide, ...chosen }).data ?? linking.optionsSchema?.safeParse(chosen).data ?? {};

  /** What the browser brings back from the consent page. */
  const callback = (parameters: Readonly<Record<string, string>>): Promise<ExchangeRequest> => consent(linking, tools, { parameters, options });

  async function linked(decision: Readonly<Record<string, string>>) {
    const granted = await linking.exchange(await callback(decision), tools);
    if (granted.kind === 'trouble') throw new Error(JSON.stringify(granted.trouble));
    const found = await linking.targets(granted.tokens, tools);
    if (found.kind === 'trouble') throw new Error(JSON.stringify(found.trouble));
    return { tokens: granted.tokens, targets: found.targets };
  }

  return { linking, clock, sandbox, login, tools, withTokens, transport, scopes: scopesOf(linking), callback, linked };
}
