import * as z from 'zod';
import { errorKinds, FanfareError, type ErrorCode } from '../../core/errors.ts';
import { pageReasons } from '../../core/linking/browser.ts';
import { linkForm } from '../../core/linking/form.ts';

/** What functions of the API and the vault say to each other. */

const account = z.object({ tenantId: z.string(), accountId: z.string() });
const tokens = z.object({ v: z.literal(1), dataKey: z.string(), iv: z.string(), ciphertext: z.string(), tag: z.string() });

export const vaultRequest = z.discriminatedUnion('operation', [
  z.object({ operation: z.literal('visit'), request: z.object({ network: z.string(), linkId: z.string() }) }),
  z.object({ operation: z.literal('finish'), request: z.object({ network: z.string(), query: z.string(), browser: z.string().nullable() }) }),
  z.object({
    operation: z.literal('signIn'),
    request: z.object({ network: z.string(), state: z.string(), code: z.string(), fields: z.record(z.string(), z.string()), browser: z.string().nullable() }),
  }),
  z.object({ operation: z.literal('choose'), request: z.object({ tenantId: z.string(), linkId: z.string(), targets: z.array(z.string()) }) }),
  z.object({ operation: z.literal('check'), request: account }),
  z.object({ operation: z.literal('renew'), request: account }),
  z.object({ operation: z.literal('describe'), request: z.object({ network: z.string() }) }),
  z.object({ operation: z.literal('revoke'), request: account.extend({ network: z.string(), externalId: z.string(), tokens }) }),
]);
export type VaultRequest = z.infer<typeof vaultRequest>;
export type VaultOperation = VaultRequest['operation'];

const back = z.object({ kind: z.literal('back'), url: z.string() });
const page = z.object({ kind: z.literal('page'), reason: z.enum(pageReasons), network: z.string(), message: z.string().nullable() });
const form = z.object({ kind: z.literal('form'), network: z.string(), form: linkForm, state: z.string(), code: z.string(), message: z.string().nullable() });
const browserAnswer = z.discriminatedUnion('kind', [back, page, form]);

export const vaultResults = {
  visit: z.discriminatedUnion('kind', [z.object({ kind: z.literal('go'), url: z.string(), browser: z.string() }), back, page, form.extend({ browser: z.string() })]),
  finish: browserAnswer,
  signIn: browserAnswer,
  choose: z.null(),
  check: z.object({ outcome: z.enum(['accepted', 'refused', 'unknown']), message: z.string().nullable() }),
  renew: z.enum(['renewed', 'refused', 'later']),
  describe: z.looseObject({ client_id: z.string(), redirect_uris: z.array(z.string()) }),
  revoke: z.enum(['revoked', 'left', 'later']),
} as const satisfies Record<VaultOperation, z.ZodType>;

const isCode = (code: string): code is ErrorCode => Object.hasOwn(errorKinds, code);
const error = z.object({
  code: z.string().refine(isCode),
  message: z.string(),
  errors: z.array(z.object({ field: z.string(), code: z.string(), message: z.string() })),
  retryAfter: z.number().nullable(),
});

/** An error for a person is an answer too: a function that throws is a function that died. */
export const vaultAnswer = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('done'), result: z.unknown() }),
  z.object({ kind: z.literal('refused'), error }),
]);
export type VaultAnswer = z.infer<typeof vaultAnswer>;

export function refusedWith({ code, message, errors, retryAfter }: FanfareError): VaultAnswer {
  return { kind: 'refused', error: { code, message, errors: [...errors], retryAfter } };
}

export function errorOf({ code, message, errors, retryAfter }: z.infer<typeof error>): FanfareError {
  return new FanfareError(code, message, { errors, ...(retryAfter === null ? {} : { retryAfter }) });
}
