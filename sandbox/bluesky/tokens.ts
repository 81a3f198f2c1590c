import { createHmac, randomBytes } from 'node:crypto';
import * as z from 'zod';
import { authorization } from '../http.ts';
import type { Call, World } from '../stand-in.ts';
import { refuse } from './errors.ts';

/** What a token says, under the server's signature. */
const claimsSchema = z.object({
  /** Of a session. */
  scope: z.string().optional(),
  sub: z.string().optional(),
  jti: z.string().optional(),
  /** Counts what the account ended before it: see `Accounts`. */
  generation: z.number().optional(),
  /** Of a token for another service. */
  iss: z.string().optional(),
  lxm: z.string().optional(),
  aud: z.string(),
  iat: z.number(),
  exp: z.number(),
});

export type Claims = z.output<typeof claimsSchema>;

/** Makes and reads signed tokens (JWT). The signature is a keyed hash; real tokens for other services have the account's own key. */
export interface Tokens {
  sign(type: 'at+jwt' | 'refresh+jwt' | 'JWT', claims: Omit<Claims, 'iat'> & { readonly iat?: number }): string;
  /** Null: not ours, or changed. Says nothing about its end. */
  read(token: string): Claims | null;
  /** Seconds since 1970. */
  now(): number;
}

export function createTokens(world: World): Tokens {
  const key = randomBytes(32);
  const hash = (text: string): string => createHmac('sha256', key).update(text).digest('base64url');
  const now = () => Math.floor(world.clock.now().getTime() / 1000);

  return {
    now,
    sign(typ, claims) {
      const text = `${part({ typ, alg: 'HS256' })}.${part({ iat: now(), ...claims })}`;
      return `${text}.${hash(text)}`;
    },
    read(token) {
      const [head = '', body = '', signature] = token.split('.');
      if (signature !== hash(`${head}.${body}`)) return null;
      return claimsSchema.parse(JSON.parse(Buffer.from(body, 'base64url').toString('utf8')));
    },
  };
}

function part(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** The bearer token of a call to an account's server, in its words. */
export function bearer(call: Call): string {
  if (call.headers['authorization'] === undefined) throw refuse(401, 'AuthMissing', 'Authentication Required');
  const token = authorization(call, ['bearer']);
  if (token === null) throw refuse(400, 'InvalidToken', 'Unexpected authorization type');
  return token;
}

/** The decentralised id of whatever answers under an address. */
export function serviceDid(address: string): string {
  return `did:web:${new URL(address).hostname}`;
}
