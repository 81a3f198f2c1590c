import * as z from 'zod';
import { inject } from 'vitest';

/** The control interface of the sandbox, as anybody's tests may use it (`docs/sandbox.md`). */

const accountSchema = z.object({
  externalId: z.string(),
  name: z.string(),
  accessToken: z.string(),
  refreshToken: z.string().nullable(),
  defaults: z.record(z.string(), z.unknown()),
});
export type SandboxAccount = z.output<typeof accountSchema>;

const postSchema = z.object({
  id: z.string(),
  accountId: z.string(),
  kind: z.enum(['video', 'photos', 'text']),
  title: z.string().nullable(),
  text: z.string().nullable(),
  mediaSha256: z.array(z.string()),
});
export type SandboxPost = z.output<typeof postSchema>;

const callSchema = z.object({ operation: z.string() });

export async function newAccount(network: string, name: string): Promise<SandboxAccount> {
  return ask(accountSchema, `/${network}/accounts`, { name });
}

/** What an account shows, oldest first. */
export async function postsOf(network: string, { externalId }: SandboxAccount): Promise<readonly SandboxPost[]> {
  const posts = await ask(z.array(postSchema), `/${network}/posts`);
  return posts.filter(({ accountId }) => accountId === externalId);
}

/** Calls that a network has received. */
export async function callsOf(network: string): Promise<readonly z.output<typeof callSchema>[]> {
  return ask(z.array(callSchema), `/${network}/calls`);
}

async function ask<Schema extends z.ZodType>(schema: Schema, path: string, body?: unknown): Promise<z.output<Schema>> {
  const answer = await fetch(`${inject('fidelity').sandboxUrl}/_sandbox${path}`, {
    ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(10_000),
  });
  if (!answer.ok) throw new Error(`The sandbox answers ${answer.status}: ${await answer.text()}`);
  return schema.parse(await answer.json());
}
