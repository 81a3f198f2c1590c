import * as z from 'zod';
import type { NetworkTools } from '../../core/ports/index.ts';
import { parseAnswer, value } from '../answers.ts';
import { call, rest, type LinkedInReply } from './client.ts';

/** The calls that tell who stands behind a token: a member, and the pages on which they have a role. */

type Tools = Pick<NetworkTools, 'send' | 'accessToken' | 'endpoints' | 'now'>;

/** Somebody who can post: the URN is the account's external id. */
export interface Author {
  readonly urn: string;
  readonly name: string;
}

const memberSchema = z.object({ sub: z.string().regex(/^[\w-]{1,50}$/u), name: z.string().min(1) });

/** Needs `openid` and `profile`. */
export async function readMember(tools: Tools): Promise<LinkedInReply<Author>> {
  const read = await call(tools, { method: 'GET', url: `${tools.endpoints['api']}/v2/userinfo`, headers: {} }, (answer) => parseAnswer(memberSchema, answer));
  return read.kind === 'trouble' ? read : value({ urn: `urn:li:person:${read.value.sub}`, name: read.value.name });
}

const organization = z.string().regex(/^urn:li:organization:\d{1,20}$/u);
const rolesSchema = z.object({ elements: z.array(z.object({ organization, role: z.string() })) });

export interface Role {
  readonly organization: string;
  readonly role: string;
}

/** Roles of one look, and looks at most. */
const ROLES = 100;
const LOOKS = 10;

/** The member's roles on pages, one by one: a page may come twice. Needs `rw_organization_admin`. */
export async function listRoles(tools: Tools): Promise<LinkedInReply<readonly Role[]>> {
  const found: Role[] = [];
  for (let look = 0; look < LOOKS; look += 1) {
    const path = `organizationAcls?q=roleAssignee&state=APPROVED&start=${look * ROLES}&count=${ROLES}`;
    const read = await call(tools, rest(tools, 'GET', path), (answer) => parseAnswer(rolesSchema, answer)?.elements ?? null);
    if (read.kind === 'trouble') return read;
    found.push(...read.value);
    if (read.value.length < ROLES) break;
  }
  return value(found);
}

const organizationSchema = z.object({ localizedName: z.string().min(1) });

/** A page on which the member has a role. */
export async function readOrganization(tools: Tools, urn: string): Promise<LinkedInReply<Author>> {
  const id = urn.slice(urn.lastIndexOf(':') + 1);
  const read = await call(tools, rest(tools, 'GET', `organizations/${id}`), (answer) => parseAnswer(organizationSchema, answer));
  return read.kind === 'trouble' ? read : value({ urn, name: read.value.localizedName });
}
