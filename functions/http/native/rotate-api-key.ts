import { findApiKey, rotateApiKey as rotate, type MadeKey } from '../../../core/keys.ts';
import type { ApiKey } from '../../../core/model.ts';
import type { Ports } from '../../../core/ports/index.ts';
import { answer, endpoint } from '../../common/endpoint.ts';
import { madeBefore, outcomeOf } from './generate-api-key.ts';
import { generatedKeyView } from './key-views.ts';
import { rotateApiKeyRoute } from './routes/keys.ts';

export const rotateApiKey = endpoint(rotateApiKeyRoute, {
  find: (ports: Pick<Ports, 'store' | 'clock' | 'ids'>, { caller, params }) => findApiKey(ports, caller.tenantId, params.keyId),
  handle: async (ports, { caller, found, body, once }) => {
    const made = await rotate(ports, found, body.overlapSeconds, (made) => once.commit(outcomeOf(made)));
    return answer(201, rotatedView(made, await findApiKey(ports, caller.tenantId, found.keyId)));
  },
  replay: async (ports, { caller, found }, outcome) => answer(201, rotatedView(await madeBefore(ports, caller.tenantId, outcome), found)),
});

function rotatedView(made: MadeKey, { keyId, expiresAt }: ApiKey) {
  if (expiresAt === null) throw new Error(`The key ${keyId} was not rotated.`);
  return { ...generatedKeyView(made), replaces: { id: keyId, expiresAt } };
}
