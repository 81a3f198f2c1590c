import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { linkSandboxAccount } from '../../local/sandbox-account.ts';
import { root } from '../../local/paths.ts';
import { call } from './support/api.ts';
import { stack, tokenOf } from './support/stack.ts';
import { complete, newTitle, smallClip, stageSingle } from './support/uploads.ts';

const run = promisify(execFile);

/** The operator's command, as it is typed. */
async function tenant(...args: string[]) {
  const environment = { ...process.env, AWS_ENDPOINT_URL: stack.awsEndpoint };
  const command = ['local/run.mjs', 'local/tenant.ts', ...args, '--stage', stack.stage];
  const { stdout } = await run(process.execPath, command, { cwd: root, env: environment, timeout: 30_000 });
  return JSON.parse(stdout);
}

describe('a tenant with a small plan', () => {
  it('gets what the operator gave it, and what was cancelled in time back', async () => {
    const user = `frugal ${newTitle()}`;
    const jwt = await tokenOf(user);
    const numbers = ['--deliveries-per-month', '1', '--requests-per-second', '1000', '--burst', '1000'];
    const { tenantId } = await tenant('set-plan', '--user', user, ...numbers);
    const { accountId } = await linkSandboxAccount({ ...stack, tenantId }, 'youtube', { name: 'Frugal' });
    const upload = async (scheduledOn?: string) =>
      complete(await stageSingle(smallClip, { accounts: [accountId], ...(scheduledOn === undefined ? {} : { scheduledOn }) }, { jwt }), { jwt });

    const first = await upload(new Date(Date.now() + 3_600_000).toISOString());
    expect(first.body.status).toBe('Scheduled');
    const refused = await upload();
    expect(refused).toMatchObject({ status: 429, body: { code: 'quota_exceeded', quota: { limit: 1, used: 1, requested: 1 } } });
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/u);
    expect(await tenant('show', '--user', user)).toMatchObject({ tenantId, plan: { deliveriesPerMonth: 1 }, deliveriesThisMonth: 1 });

    expect((await call('POST', `/api/upload/${first.body.uploadId}/cancel`, {}, { jwt })).status).toBe(200);
    expect(await tenant('show', '--user', user)).toMatchObject({ deliveriesThisMonth: 0 });
    expect((await upload(new Date(Date.now() + 3_600_000).toISOString())).body.status).toBe('Scheduled');
  });
});
