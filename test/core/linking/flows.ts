import { unlinkAccount } from '../../../core/accounts.ts';
import { FanfareError } from '../../../core/errors.ts';
import type { FormAnswer } from '../../../core/linking/browser.ts';
import type { VaultPorts } from '../../../core/linking/ports.ts';
import type { Filled } from '../../../core/linking/sign-in.ts';
import { vaultOf } from '../../../core/linking/vault.ts';
import type { Account } from '../../../core/model.ts';
import { linkings } from '../../../platforms/linkings.ts';
import { platforms } from '../../../platforms/registry.ts';
import { APP_PASSWORD } from '../../../sandbox/bluesky/accounts.ts';
import { linkWorld, OTHER_TENANT, TENANT, told, type CameBack, type LinkWorld } from './world.ts';

/** What people and programs do with links, each from where it stands: so that it can be cut off anywhere and taken up again. */

const DAY = 24 * 3600;

/** A network, and the way in which it is linked where there are several. */
export interface Way {
  readonly network: string;
  readonly title: string;
  /** Of its links. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Behind one consent stand the accounts of all pages, each with the token of its page. */
  readonly ofPages?: true;
}

/** Every network of `linkings.ts`, and that at which people fill in a form of ours. */
export const ways: readonly Way[] = [
  ...Object.keys(linkings).map((network) => ({ network, title: network, options: {} })),
  { network: 'bluesky', title: 'bluesky with an app password', options: { method: 'app_password' } },
  { network: 'instagram', title: 'instagram by Facebook Login', options: { login: 'facebook' }, ofPages: true },
];

/** `open`: it has to be taken up again. `over`: it came to its end; `lost`: with the account to be linked anew. */
export type Progress = 'open' | 'over' | 'lost';

export interface Flow {
  readonly name: 'link' | 'link again' | 'check' | 'renew' | 'unlink';
  /** Whether `unlink` is asked for: then there is no account in the end. */
  readonly ends: boolean;
  /** What is there before: the world, and how one goes on with the flow. */
  begin(way: Way): Promise<Begun>;
}

export interface Begun {
  readonly world: LinkWorld;
  readonly way: Way;
  readonly network: string;
  readonly personId: string;
  /** Accounts that this flow has nothing to do with, as they were. */
  readonly bystanders: readonly Account[];
  /** That is to be unlinked. */
  readonly account?: Account;
  /** Goes on with it, with these ports. */
  goOn(ports: VaultPorts): Promise<Progress>;
}

/** All that a link in this way can be asked for: pages too. */
function widestOptions({ ports }: LinkWorld, { network, options }: Way): Readonly<Record<string, unknown>> {
  const schema = ports.linkable(network)?.linking.optionsSchema;
  const wide = Object.fromEntries(Object.keys(schema?.shape ?? {}).map((name) => [name, true]));
  return { ...schema?.safeParse(wide).data, ...options };
}

/** A person with as many accounts as a login may have there, up to two. */
function newPerson(world: LinkWorld, { network, ofPages }: Way): string {
  const { accounts } = world.sandbox.login(network).dialect;
  return world.person(network, accounts === 'login' && ofPages !== true ? [{ name: 'Ada' }] : [{ name: 'Ada' }, { name: 'Babbage' }]);
}

/** Links whatever the person has, as a browser and a program do that begin anew when that is all that is left. */
function linking(world: LinkWorld, way: Way, personId: string, tenantId: string): Begun['goOn'] {
  const { network } = way;
  let link: { readonly id: string; cameBack?: CameBack; filled?: Filled } | null = null;
  return async (ports) => {
    const vault = vaultOf(ports);
    link ??= { id: await world.open(network, { tenantId, options: widestOptions(world, way) }) };
    if (link.cameBack === undefined && link.filled === undefined) {
      const visited = await vault.visit({ network, linkId: link.id });
      if (visited.kind === 'go') link.cameBack = await world.consent(visited, network, personId);
      else if (visited.kind !== 'form') return 'open';
      else link.filled = { network, state: visited.state, code: visited.code, browser: visited.browser, fields: typed(world, visited, personId) };
    }
    const { cameBack, filled } = link;
    const answer = cameBack !== undefined ? await vault.finish(cameBack) : filled !== undefined ? await vault.signIn(filled) : null;
    if (answer?.kind === 'form' && filled !== undefined) link.filled = { ...filled, code: answer.code };
    const [status = ''] = answer === null ? [] : told(answer).split(' ');
    switch (status) {
      case 'linked':
        return 'over';
      case 'choose': {
        try {
          await vault.choose({ tenantId, linkId: link.id, targets: await choice(world, network, link.id) });
        } catch (error) {
          if (!(error instanceof FanfareError && error.code === 'link_state')) throw error;
          link = null;
          return 'open';
        }
        return 'over';
      }
      case 'failed':
      case 'expired':
        link = null;
        return 'open';
      default:
        return 'open';
    }
  };
}

/** What the person types into a form. */
function typed({ sandbox }: LinkWorld, { network, form }: FormAnswer, personId: string): Filled['fields'] {
  const person = sandbox.login(network).persons().find(({ id }) => id === personId);
  return Object.fromEntries(form.fields.map(({ name, type }) => [name, type === 'password' ? APP_PASSWORD : (person?.accounts[0]?.name ?? '')]));
}

/** All that can be chosen at once. */
async function choice({ store, ports }: LinkWorld, network: string, linkId: string): Promise<readonly string[]> {
  const stage = (await store.getLink(linkId))?.stage;
  const targets = stage?.at === 'choosing' ? stage.targets.filter(({ obstacle }) => obstacle === null).map(({ id }) => id) : stage?.at === 'linked' ? stage.targets : [];
  return ports.linkable(network)?.linking.choice === 'many' ? targets : targets.slice(0, 1);
}

export async function linked(world: LinkWorld, way: Way, personId: string, tenantId = TENANT): Promise<Account> {
  if ((await linking(world, way, personId, tenantId)(world.ports)) !== 'over') throw new Error(`${way.title} is not linked.`);
  const [account] = (await world.accounts(tenantId)).toReversed();
  if (account === undefined) throw new Error('There is no account.');
  return account;
}

/** `elsewhere`: another workspace has linked the same person. */
async function beginning(way: Way, { elsewhere }: { readonly elsewhere: boolean }) {
  const { network } = way;
  const world = linkWorld();
  const stranger = await linked(world, way, newPerson(world, way), OTHER_TENANT);
  const personId = newPerson(world, way);
  if (elsewhere) await linked(world, way, personId, OTHER_TENANT);
  return { world, way, network, personId, bystanders: await world.accounts(OTHER_TENANT), stranger };
}

/** The same, with the person's account in this workspace, which the flow is about. */
async function beginningLinked(way: Way, options: { readonly elsewhere: boolean }) {
  const begun = await beginning(way, options);
  const account = await linked(begun.world, way, begun.personId);
  return { ...begun, account };
}

const renewsItself = ({ network, ofPages }: Way): boolean => ofPages !== true && platforms.some((platform) => platform.network === network && platform.renewsItself === true);

export const flows: readonly Flow[] = [
  {
    name: 'link',
    ends: false,
    begin: async (way) => {
      const begun = await beginning(way, { elsewhere: true });
      return { ...begun, goOn: linking(begun.world, way, begun.personId, TENANT) };
    },
  },
  {
    name: 'link again',
    ends: false,
    begin: async (way) => {
      const begun = await beginningLinked(way, { elsewhere: false });
      begun.world.clock.pass(60);
      return { ...begun, goOn: linking(begun.world, way, begun.personId, TENANT) };
    },
  },
  {
    // Of an account whose access token is over, where there is another way to a new one.
    name: 'check',
    ends: false,
    begin: async (way) => {
      const { world, account, personId, ...begun } = await beginningLinked(way, { elsewhere: false });
      if (renewsItself(way)) world.clock.pass(2 * DAY);
      else world.sandbox.login(way.network).expire(personId);
      const goOn: Begun['goOn'] = async (ports) => {
        const { outcome } = await vaultOf(ports).check(account);
        return outcome === 'accepted' ? 'over' : outcome === 'refused' ? 'lost' : 'open';
      };
      return { ...begun, world, personId, goOn };
    },
  },
  {
    // Ahead of the end of its access token.
    name: 'renew',
    ends: false,
    begin: async (way) => {
      const { world, account, ...begun } = await beginningLinked(way, { elsewhere: false });
      const left = account.tokenEnds === null ? 4 * DAY : (Date.parse(account.tokenEnds) - world.clock.now().getTime()) / 1000;
      world.clock.pass(left / 2);
      const goOn: Begun['goOn'] = async (ports) => {
        const renewed = await vaultOf(ports).renew(account);
        return renewed === 'renewed' ? 'over' : renewed === 'refused' ? 'lost' : 'open';
      };
      return { ...begun, world, goOn };
    },
  },
  {
    name: 'unlink',
    ends: true,
    begin: async (way) => {
      const { world, account, ...begun } = await beginningLinked(way, { elsewhere: false });
      const executions = { start: unused, stop: unused, isRunning: unused };
      const goOn: Begun['goOn'] = async (ports) => {
        try {
          await unlinkAccount({ ...ports, executions, vault: vaultOf(ports) }, account, () => null);
        } catch (error) {
          // It was done.
          if (!(error instanceof FanfareError && error.code === 'not_found')) throw error;
        }
        return 'over';
      };
      return { ...begun, world, account, goOn };
    },
  },
];

const unused = (): never => {
  throw new Error('No upload waits for the account.');
};
