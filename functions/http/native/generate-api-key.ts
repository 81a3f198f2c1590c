import { generateApiKey as generate } from '../../../core/keys.ts';
import { scopes } from '../../../core/model.ts';
import type { Ports } from '../../../core/ports/index.ts';
import { answer, endpoint } from '../../common/endpoint.ts';
import { generateApiKeyRoute } from './routes/keys.ts';

export const generateApiKey = endpoint(generateApiKeyRoute, {
  handle: async (ports: Pick<Ports, 'store' | 'clock' | 'ids'>, { caller, body }) => {
    const { apiKey, key } = await generate(ports, {
      tenantId: caller.tenantId,
      name: body.name ?? null,
      scopes,
      expiresAt: null,
    });
    const { keyId, name, prefix, createdAt } = apiKey;
    return answer(201, { id: keyId, name, key, prefix, createdAt });
  },
  replay: () => Promise.reject(new Error('A key is not shown twice.')),
});
