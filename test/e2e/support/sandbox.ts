import { stack } from './stack.ts';

/** The control API of the sandbox, as a user's own tests would use it. */

export interface SandboxPost {
  readonly id: string;
  readonly accountId: string;
  readonly kind: string;
  readonly title: string | null;
  readonly text: string | null;
  readonly mediaSha256: readonly string[];
  readonly coverSha256?: string;
  readonly captions?: readonly { readonly language: string; readonly name: string; readonly sha256: string }[];
  readonly replyTo?: string;
}

export interface SandboxCall {
  readonly operation: string;
  readonly status: number | null;
  readonly at: string;
}

export interface Fault {
  readonly network: string;
  /** Left out: every call to the network. */
  readonly operation?: string;
  readonly effect: 'refuse' | 'delay' | 'drop_before' | 'drop_after' | 'drop_then_do';
  readonly times: number;
  readonly ms?: number;
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
}

async function control(method: string, path: string, body?: unknown): Promise<unknown> {
  const answer = await fetch(`${stack.sandboxUrl}/_sandbox${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    signal: AbortSignal.timeout(10_000),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`the sandbox answered ${answer.status}: ${text}`);
  return text === '' ? null : JSON.parse(text);
}

/** Everything that a network shows. */
export async function allPosts(network: string): Promise<readonly SandboxPost[]> {
  return (await control('GET', `/${network}/posts`)) as readonly SandboxPost[];
}

/** The posts of an upload at a network: those that show its title. */
export async function postsOf(network: string, title: string): Promise<readonly SandboxPost[]> {
  return (await allPosts(network)).filter((post) => post.title === title || post.text?.includes(title) === true);
}

/** What answers a post: comments, and the next part of a thread. */
export async function answersTo(network: string, id: string | undefined): Promise<readonly SandboxPost[]> {
  return (await allPosts(network)).filter(({ replyTo }) => replyTo !== undefined && replyTo === id);
}

export async function callsTo(network: string): Promise<readonly SandboxCall[]> {
  return (await control('GET', `/${network}/calls`)) as readonly SandboxCall[];
}

export async function addFault(fault: Fault): Promise<void> {
  await control('POST', '/faults', fault);
}

export async function clearFaults(): Promise<void> {
  await control('DELETE', '/faults');
}

export interface SandboxPerson {
  readonly id: string;
  /** `defaults`: the options that the network demands, as this account can use them. */
  readonly accounts: readonly { readonly externalId: string; readonly defaults?: Readonly<Record<string, unknown>> }[];
}

/** Somebody who can log in at a network, with an account of that name or with these. */
export async function addPerson(network: string, name: string, accounts?: readonly { readonly name: string }[]): Promise<SandboxPerson> {
  return (await control('POST', `/${network}/persons`, { name, ...(accounts === undefined ? {} : { accounts }) })) as SandboxPerson;
}

/** The network takes the access tokens of a person no more from so many seconds on; what we have stored says otherwise. */
export async function expireTokens(network: string, personId: string, inSeconds = 0): Promise<void> {
  await control('POST', `/${network}/persons/${encodeURIComponent(personId)}/expire`, { inSeconds });
}

/** The person takes back at the network what they allowed. */
export async function takeBack(network: string, personId: string): Promise<void> {
  await control('POST', `/${network}/persons/${encodeURIComponent(personId)}/revoke`);
}

/** How often an operation was granted, to anybody. */
export async function countOf(network: string, operation: string): Promise<number> {
  return (await callsTo(network)).filter((call) => call.operation === operation && call.status !== null && call.status < 400).length;
}
