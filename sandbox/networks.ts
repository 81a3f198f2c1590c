import { generateKeyPairSync } from 'node:crypto';
import { createBluesky } from './bluesky/index.ts';
import { createFacebook } from './facebook/index.ts';
import { createInstagram } from './instagram/index.ts';
import { createLinkedIn } from './linkedin/index.ts';
import { createPinterest } from './pinterest/index.ts';
import { createReddit } from './reddit/index.ts';
import type { App, StandIn, World } from './stand-in.ts';
import { createX } from './x/index.ts';
import { createTikTok } from './tiktok/index.ts';
import { createThreads } from './threads/index.ts';
import { createYouTube } from './youtube/index.ts';

interface Entry {
  readonly create: (world: World) => StandIn;
  /** The app that is registered at the stand-in if nobody says otherwise. */
  readonly app: App;
  /** Names of the base URLs, the first part of the path after the network. */
  readonly endpoints: readonly string[];
  /** The network by whose login, with the app there, its accounts are reached too. */
  readonly loginThrough?: string;
}

/** Every network that has a stand-in. */
export const standIns: Readonly<Record<string, Entry>> = {
  youtube: {
    create: createYouTube,
    app: { clientId: '407400000000-sandbox.apps.googleusercontent.com', clientSecret: 'GOCSPX-sandbox-secret-of-youtube' },
    endpoints: ['api', 'oauth', 'accounts'],
  },
  tiktok: {
    create: createTikTok,
    app: { clientId: 'sbawtiktoksandbox01', clientSecret: 'sandbox-secret-of-tiktok' },
    endpoints: ['api', 'www'],
  },
  instagram: {
    create: createInstagram,
    app: { clientId: '940000000000001', clientSecret: 'sandbox-secret-of-instagram' },
    endpoints: ['graph', 'www', 'api', 'facebook', 'dialog'],
    loginThrough: 'facebook',
  },
  facebook: {
    create: createFacebook,
    app: { clientId: '940000000000002', clientSecret: 'sandbox-secret-of-facebook' },
    endpoints: ['graph', 'rupload', 'www'],
  },
  threads: {
    create: createThreads,
    app: { clientId: '940000000000003', clientSecret: 'sandbox-secret-of-threads' },
    endpoints: ['graph', 'www'],
  },
  bluesky: {
    create: createBluesky,
    // Nobody registers an app: any address may be its id, and it shows who it is by a key that the sandbox never sees.
    app: { clientId: 'https://fanfare.example/bluesky.json', clientSecret: newAppKey() },
    endpoints: ['pds', 'plc', 'video'],
  },
  x: {
    create: createX,
    app: { clientId: 'c2FuZGJveC1jbGllbnQtb2YteDoxOmNp', clientSecret: 'sandbox-secret-of-x' },
    endpoints: ['api', 'www'],
  },
  linkedin: {
    create: createLinkedIn,
    app: { clientId: '86sandboxlinkedin', clientSecret: 'WPL_AP1.sandbox-secret-of-linkedin' },
    endpoints: ['api', 'www'],
  },
  pinterest: {
    create: createPinterest,
    app: { clientId: '1490000', clientSecret: 'sandbox-secret-of-pinterest' },
    // The address for a video leads to `upload`; it comes with the answer.
    endpoints: ['api', 'www'],
  },
  reddit: {
    create: createReddit,
    app: { clientId: 'sandboxReddit00000001', clientSecret: 'sandbox-secret-of-reddit' },
    // Addresses of uploads lead to `uploads`; they come with each answer.
    endpoints: ['oauth', 'www'],
  },
};

function newAppKey(): string {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** The app at the network by whose login accounts of this one are reached too; undefined: there is no such way. */
export function loginAppOf({ loginThrough = '' }: Pick<Entry, 'loginThrough'>, apps: Readonly<Record<string, App>> = {}): App | undefined {
  return apps[loginThrough] ?? standIns[loginThrough]?.app;
}

/** What the configuration of a stage says about a network whose stand-in runs under `sandboxUrl`. */
export function networkSettings(network: string, sandboxUrl: string): { app: App; endpoints: Record<string, string>; loginApp?: () => Promise<App> } {
  const entry = standIns[network];
  if (entry === undefined) throw new Error(`The sandbox has no stand-in for ${network}.`);
  const loginApp = loginAppOf(entry);
  return {
    app: entry.app,
    endpoints: Object.fromEntries(entry.endpoints.map((name) => [name, `${sandboxUrl}/${network}/${name}`])),
    ...(loginApp !== undefined && { loginApp: () => Promise.resolve(loginApp) }),
  };
}
