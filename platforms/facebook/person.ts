import * as z from 'zod';
import type { TokenSet } from '../../core/model.ts';
import type { LinkTools } from '../../core/ports/index.ts';
import { value, type Reply } from '../answers.ts';
import { withToken } from '../authorization.ts';
import { call, get } from './client.ts';

/** The calls with which a person links pages: what they allowed, and the pages that they may choose from. */

const permissionsSchema = z.object({ data: z.array(z.object({ permission: z.string(), status: z.string() })) });

/** What the person allowed: who unticks something still gets a token. */
export async function grantedPermissions(tools: LinkTools, accessToken: string): Promise<Reply<readonly string[]>> {
  const read = await call(withToken(tools, accessToken), get(tools, 'me/permissions', {}), permissionsSchema);
  return read.kind === 'trouble' ? read : value(read.value.data.flatMap(({ permission, status }) => (status === 'granted' ? [permission] : [])));
}

const pageSchema = z.object({
  id: z.string().min(1),
  name: z.string(),
  access_token: z.string().min(1).optional(),
  tasks: z.array(z.string()).optional(),
  instagram_business_account: z.object({ id: z.string().min(1), username: z.string().optional() }).optional(),
});
export type Page = z.output<typeof pageSchema>;

const listSchema = z.object({ data: z.array(z.unknown()), paging: z.object({ next: z.string().optional(), cursors: z.object({ after: z.string().optional() }).optional() }).optional() });

/** A page of a list, and of its pages at most: beyond a thousand nobody chooses. */
const LIST_SIZE = 100;
const LISTS_MAX = 10;

/** The permission to see the pages of businesses that a person works for. */
export const BUSINESSES = 'business_management';

/**
 * Every page that the person may choose, each once: their own, and those of businesses that they work for. `more`: fields beside the
 * usual ones.
 */
export async function listPages(tools: LinkTools, { accessToken, scopes }: Pick<TokenSet, 'accessToken' | 'scopes'>, more: readonly string[] = []): Promise<Reply<readonly Page[]>> {
  const fields = ['id', 'name', 'access_token', 'tasks', ...more].join(',');
  const own = await listAll(tools, accessToken, 'me/accounts', fields, pageSchema);
  if (own.kind === 'trouble' || !scopes.includes(BUSINESSES)) return own;
  const businesses = await listAll(tools, accessToken, 'me/businesses', 'id', z.object({ id: z.string().min(1) }));
  if (businesses.kind === 'trouble') return businesses;
  const found = new Map(own.value.map((page) => [page.id, page]));
  for (const { id } of businesses.value) {
    for (const edge of ['owned_pages', 'client_pages']) {
      const pages = await listAll(tools, accessToken, `${id}/${edge}`, fields, pageSchema);
      if (pages.kind === 'trouble') return pages;
      for (const page of pages.value) if (!found.has(page.id)) found.set(page.id, page);
    }
  }
  return value([...found.values()]);
}

async function listAll<Schema extends z.ZodType>(tools: LinkTools, accessToken: string, edge: string, fields: string, schema: Schema): Promise<Reply<readonly z.output<Schema>[]>> {
  const found: z.output<Schema>[] = [];
  let after: string | undefined;
  for (let turn = 0; turn < LISTS_MAX; turn += 1) {
    // By the cursor: the address of the rest, which comes along, has the token in it.
    const request = get(tools, edge, { fields, limit: String(LIST_SIZE), ...(after !== undefined && { after }) });
    const read = await call(withToken(tools, accessToken), request, listSchema.extend({ data: z.array(schema) }));
    if (read.kind === 'trouble') return read;
    found.push(...read.value.data);
    after = read.value.paging?.next === undefined ? undefined : read.value.paging.cursors?.after;
    if (after === undefined) break;
  }
  return value(found);
}
