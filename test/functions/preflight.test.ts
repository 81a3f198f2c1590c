import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PreflightSubject, Violation } from '../../core/ports/index.ts';
import { openDoor, wrongFields } from './support/door.ts';
import type { Customer, Door } from './support/door.ts';
import { complete, sessionRequest, stageSingle } from './support/uploads.ts';

/** A network that allows ten characters of description, for accounts without a limit of their own. */
function violations(subject: PreflightSubject): readonly Violation[] {
  const limit = Number(subject.limits['description'] ?? 10);
  const length = subject.description?.length ?? 0;
  if (length <= limit) return [];
  const message = `The description may have at most ${limit} characters: shorten it.`;
  return [{ field: 'description', code: 'strict.video.description_max', message, value: length, limit, unit: 'characters', remedy: 'Shorten it.' }];
}

let door: Door;
let customer: Customer;
beforeAll(async () => {
  door = await openDoor({ connector: (network) => ({ violations: network === 'strict' ? violations : () => [] }) });
  customer = await door.customer('easy');
});
afterAll(() => door.close());

const open = (change: object) =>
  door.call({ to: 'POST /api/upload/presign-put', key: customer.key, json: sessionRequest(customer, 1_000, change) });

describe('the rules of the networks', () => {
  const description = 'more than ten characters';

  it('refuse the whole request at its creation, naming rule, field and what to do, once', async () => {
    const accounts = [await door.link(customer.tenantId, 'strict'), await door.link(customer.tenantId, 'strict'), ...customer.accounts];
    const answer = await open({ accounts, description });
    expect(answer).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
    expect(answer.body.errors).toEqual([
      {
        field: 'description',
        code: 'strict.video.description_max',
        message: 'The description may have at most 10 characters: shorten it.',
      },
    ]);
  });

  it('know the limits of each account', async () => {
    const roomy = await door.link(customer.tenantId, 'strict', { limits: { description: 100 } });
    expect((await open({ accounts: [roomy], description })).status).toBe(201);
  });

  it('let only the account fail that breaks them, where the request says so', async () => {
    const strict = await door.link(customer.tenantId, 'strict');
    const accounts = [strict, ...customer.accounts];
    const staged = await stageSingle(door, customer, { accounts, description, onViolation: 'skip_account' });
    const created = await complete(door, customer, staged);
    expect(created).toMatchObject({ status: 200, body: { status: 'Processing' } });
    const status = await door.call({ to: `GET /api/upload/${created.body.uploadId}/status`, key: customer.key });
    expect(status.body.accounts).toMatchObject([
      {
        accountId: strict,
        status: 'Failed',
        errorCode: 'metadata_rejected',
        errorMessage: 'The description may have at most 10 characters: shorten it. (strict.video.description_max)',
      },
      { accountId: customer.accounts[0], status: 'Processing', errorCode: null },
    ]);
  });

  it('take no other word for what to do', async () => {
    expect(wrongFields(await open({ onViolation: 'ignore' }))).toEqual(['onViolation: invalid_value']);
    expect((await open({ onViolation: 'reject' })).status).toBe(201);
  });
});
