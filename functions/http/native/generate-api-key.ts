import { findApiKey, generateApiKey as generate, type MadeKey } from '../../../core/keys.ts';
import { scopes } from '../../../core/model.ts';
import type { Ports } from '../../../core/ports/index.ts';
import { answer, endpoint } from '../../common/endpoint.ts';
import type { Outcome } from '../../common/once.ts';
import { generatedKeyView } from './key-views.ts';
import { generateApiKeyRoute } from './routes/keys.ts';

export const generateApiKey = endpoint(generateApiKeyRoute, {
  handle: async (ports: Pick<Ports, 'store' | 'clock' | 'ids'>, { caller, body, once }) => {
    const { name = null, expiresAt = null } = body;
    const wanted = { tenantId: caller.tenantId, name, scopes: body.scopes ?? scopes, expiresAt };
    return answer(201, generatedKeyView(await generate(ports, wanted, (made) => once.commit(outcomeOf(made)))));
  },
  replay: async (ports, { caller }, outcome) => answer(201, generatedKeyView(await madeBefore(ports, caller.tenantId, outcome))),
});

/** What is kept of having made a key. */
export function outcomeOf({ apiKey: { keyId }, key }: MadeKey): Outcome {
  return { status: 201, ids: { keyId }, secret: key };
}

/** The key that a request made the first time. */
export async function madeBefore(ports: Pick<Ports, 'store'>, tenantId: string, { ids, secret }: Outcome): Promise<MadeKey> {
  if (secret === undefined) throw new Error('The key was not kept.');
  return { apiKey: await findApiKey(ports, tenantId, ids['keyId'] ?? ''), key: secret };
}
