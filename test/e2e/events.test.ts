import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { listen, type Listener } from './support/listener.ts';
import { accounts, stack } from './support/stack.ts';
import { accountOf, publish, settled } from './support/uploads.ts';

let listener: Listener;
beforeAll(async () => {
  listener = await listen();
});
afterAll(() => listener.close());

/** The example on the page of the event. */
function documented() {
  const page = readFileSync(new URL('../../docs/events.md', import.meta.url), 'utf8');
  const [, example = ''] = /```json\n(\{\n[\s\S]*?\n\})\n```/u.exec(page) ?? [];
  const account = z.record(z.string(), z.unknown());
  return z.object({ source: z.string(), 'detail-type': z.string(), detail: z.object({ accounts: z.array(account) }).loose() }).parse(JSON.parse(example));
}

function expectDocumentedShape(event: unknown): void {
  const { detail, ...rest } = documented();
  expect(event).toMatchObject(rest);
  const got = z.object({ detail: z.object({ accounts: z.array(z.record(z.string(), z.unknown())) }).loose() }).parse(event).detail;
  expect(Object.keys(got).toSorted()).toEqual(Object.keys(detail).toSorted());
  for (const account of got.accounts) expect(Object.keys(account).toSorted()).toEqual(Object.keys(detail.accounts[0] ?? {}).toSorted());
}

describe('the event of a finished upload', () => {
  it('reaches a listener in the documented shape, with the posts that were made', async () => {
    const { uploadId } = await publish();
    const status = await settled(uploadId);
    const event = await listener.about(uploadId);
    expectDocumentedShape(event);
    expect(event).toMatchObject({
      detail: {
        version: 1,
        uploadId,
        tenantId: stack.tenantId,
        revision: 1,
        status: 'Uploaded',
        accounts: Object.entries(accounts).map(([network, accountId]) => ({
          accountId,
          network,
          status: 'Uploaded',
          externalId: accountOf(status, network).externalId,
          errorCode: null,
        })),
      },
    });
  });

  it('says of a failed one why, for each account', async () => {
    const { uploadId } = await publish({}, Buffer.from('this is not a video, whatever its name says'.repeat(100)));
    const event = await listener.about(uploadId);
    expectDocumentedShape(event);
    const failed = { status: 'Failed', externalId: null, externalUrl: null, errorCode: 'media_rejected' };
    expect(event).toMatchObject({ detail: { uploadId, status: 'Failed', accounts: Object.keys(accounts).map((network) => ({ network, ...failed })) } });
  });
});
