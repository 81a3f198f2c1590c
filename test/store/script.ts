import type { UploadWithDeliveries } from '../../core/model.ts';
import type { Store } from '../../core/ports/index.ts';
import { at, createUpload, error, first, hashOf, newAccount, newApiKey, newSession, newUpload, newDelivery, sealed } from './conformance/records.ts';
import { newLink, stages } from './conformance/links.ts';
import { creationOf, newMedia } from './conformance/media.ts';
import { workerFor } from './conformance/worker.ts';

/** One call of the script: `name` is for people, `Result` what the store answered. */
export type Calling = <Result>(name: string, call: () => Promise<Result>) => Promise<Result>;

/**
 * Every writing method of the store at least once, in an order in which each has something to do; but `takeRequest`, which is
 * tried once by design. Nothing in it rests on what a call answered, so that a caller who has lost an answer can go on. Gives how
 * everything stands at the end.
 */
export async function writeEverything(store: Store, call: Calling): Promise<readonly unknown[]> {
  const account = newAccount();
  const { tenantId, accountId } = account;
  const key = newApiKey({ tenantId });
  await call('ensureTenant', () => store.ensureTenant({ tenantId, at: at(0) }));
  await call('putApiKey', () => store.putApiKey(key));
  await call('revokeApiKey', () => store.revokeApiKey(key.keyHash, at(5_001)));

  await call('putAccount', () => store.putAccount(account));
  await call('setAccountHealth', () => store.setAccountHealth({ tenantId, accountId, tokenVersion: 1, health: 'reauth_required', reason: 'It ended.', at: at(1), name: 'Another' }));
  const lock = { tenantId, accountId, tokenVersion: 1, holder: 'req_1', now: at(0), until: at(30) };
  await call('lockTokens', () => store.lockTokens(lock));
  await call('storeTokens', () => store.storeTokens({ tenantId, accountId, tokenVersion: 1, tokenEnds: at(99), renewAt: at(98), scopes: ['upload'], tokens: sealed('second') }));
  await call('lockTokens', () => store.lockTokens({ ...lock, tokenVersion: 2 }));
  await call('unlockTokens', () => store.unlockTokens({ tenantId, accountId, holder: 'req_1' }));

  const relink = { tenantId, accountId, tokenVersion: 2, tokens: sealed('third'), tokenEnds: at(999), accessEnds: at(1_999), renewAt: at(998), scopes: ['upload'], name: 'Once more', profile: 'Customer 7', healthSince: at(2) };
  await call('relinkAccount', () => store.relinkAccount(relink));
  await call('setRedirectOrigins', () => store.setRedirectOrigins({ tenantId, origins: ['https://app.example.com'] }));
  const link = newLink({ tenantId });
  await call('putLink', () => store.putLink(link));
  await stages.reduce(async (before, stage) => {
    await before;
    const found = await store.getLink(link.linkId);
    // A caller who has lost the answer finds that it moved.
    await call('moveLink', async () => (found === null || found.stage.at === stage.at ? found : store.moveLink(found, stage)));
  }, Promise.resolve());

  const aborted = newSession({ tenantId });
  await call('putSession', () => store.putSession(aborted));
  await call('abortSession', () => store.abortSession(aborted.tokenHash));

  const session = newSession({ tenantId });
  const upload = newUpload(session);
  const { uploadId } = upload;
  const other = newAccount({ tenantId });
  const creation = {
    upload,
    deliveries: [account, other].map((each) => newDelivery(upload, each)),
    sessionTokenHash: session.tokenHash,
    month: '2026-04',
    limit: null,
  };
  await store.putAccount(other);
  await store.putSession(session);
  await call('createUpload', () => store.createUpload(creation));
  await call('takeBackUpload', () => store.takeBackUpload({ uploadId, sessionTokenHash: session.tokenHash, month: '2026-04' }));
  await call('createUpload', () => store.createUpload(creation));
  await call('markAssembled', () => store.markAssembled(uploadId, at(61)));
  await call('claimUpload', () => store.claimUpload({ uploadId, claim: { execution: 'one', claimedAt: at(62) }, predecessor: null }));
  await call('recordInspection', () => store.recordInspection({ uploadId, execution: 'one', media: upload.media, at: at(63) }));
  await call('closeUpload', () => store.closeUpload({ uploadId, revision: 1, at: at(64) }));

  const created = { tenantId, session, upload, accounts: [account, other], refs: [] };
  const worker = workerFor(store, created, { uploadId, accountId });
  const fence = async () => (await worker.now()).fence;
  const revision = async () => (await worker.now()).revision;
  const begin = async (now: number) => call('beginStep', () => worker.begin(now));
  const arm = async (fence: number, revision: number) => call('arm', () => worker.arm(fence, { revision }));
  await begin(1);
  await call('saveCheckpoint', async () => worker.save(await fence()));
  await call('pause', async () => worker.pause(await fence(), null));
  await call('putBody', () => store.putBody({ ...worker.ref, fingerprint: hashOf('body'), body: { text: 'Hello' } }));
  await arm(await fence(), 1);
  await call('disarm', () => worker.disarm(1));
  await arm(await fence(), 1);
  await call('giveUpLooking', () => worker.giveUp(2));
  await call('settleAbsent', () => worker.settleAbsent(2));
  const again = { uploadId, accounts: [accountId], force: false, by: tenantId, at: at(210) };
  await call('retryDeliveries', () => store.retryDeliveries(again));
  await begin(await revision());
  await call('fail', async () => worker.fail(await fence()));
  await call('retryDeliveries', () => store.retryDeliveries(again));
  await begin(await revision());
  await arm(await fence(), await revision());
  await call('giveUpLooking', () => worker.giveUp(3));
  await call('retryDeliveries', () => store.retryDeliveries({ ...again, force: true }));
  await begin(await revision());
  await arm(await fence(), await revision());
  await call('receipt', () => worker.receipt(4));
  await call('receipt', () => worker.receipt(4, 'another'));
  await call('beginDecorate', () => worker.beginDecorate());
  await call('recordDecoration', async () => worker.decorate(await fence()));
  const cancel = { uploadId, revision: 1, accounts: [other.accountId], at: at(220) };
  await call('cancelDeliveries', () => store.cancelDeliveries(cancel));

  const late = await createUpload(store, { tenantId, accounts: [account] });
  const lateId = late.upload.uploadId;
  await call('rescheduleUpload', () => store.rescheduleUpload({ uploadId: lateId, revision: 1, edit: { scheduledOn: at(9_000) }, at: at(230) }));
  const lateWorker = workerFor(store, late, first(late.refs));
  const lateFence = (await lateWorker.now()).fence;
  await call('pause', () =>
    store.pause(lateWorker.ref, { fence: lateFence, status: 'retrying', trouble: null, nextAt: null, error: error(), at: at(240) }),
  );
  await call('cancelDeliveries', () => store.cancelDeliveries({ uploadId: lateId, revision: 2, accounts: null, at: at(250) }));

  await call('claimUpload', () => store.claimUpload({ uploadId: lateId, claim: { execution: 'one', claimedAt: at(260) }, predecessor: null }));
  await call('closeUpload', () => store.closeUpload({ uploadId: lateId, revision: 3, at: at(261) }));
  await call('releaseUpload', () => store.releaseUpload({ uploadId: lateId, execution: 'one', revision: 3, at: at(262) }));
  const { mediaId: lateMedia } = first(late.upload.media);
  await call('releaseMedia', () => store.releaseMedia({ mediaId: lateMedia, at: at(262) }));

  const forMedia = newSession({ tenantId, metadata: null });
  const media = newMedia(forMedia);
  const { mediaId } = media;
  await store.putSession(forMedia);
  await call('createMedia', () => store.createMedia({ media, sessionTokenHash: forMedia.tokenHash }));
  await call('takeBackMedia', () => store.takeBackMedia({ mediaId, sessionTokenHash: forMedia.tokenHash }));
  await call('createMedia', () => store.createMedia({ media, sessionTokenHash: forMedia.tokenHash }));
  await call('markMediaAssembled', () => store.markMediaAssembled({ mediaId, watchAt: at(1_000) }));
  const ofStored = creationOf([media]);
  await call('createUpload', async () => {
    const made = await store.getUpload(ofStored.upload.uploadId);
    // Its caller never asks again under the same id: a request that lost the answer makes another upload, or replays this one.
    return made === null ? store.createUpload(ofStored) : 'created';
  });

  return [
    await store.getMedia(lateMedia),
    await store.getMedia(mediaId),
    await store.getUpload(ofStored.upload.uploadId),
    await store.getApiKey(key.keyHash),
    await store.getAccount(tenantId, accountId),
    await store.getAccount(tenantId, other.accountId),
    await store.getLink(link.linkId),
    await store.getRedirectOrigins(tenantId),
    await store.getSession(aborted.tokenHash),
    await store.getSession(session.tokenHash),
    await store.getUpload(uploadId),
    await store.getUpload(lateId),
    await store.getBody({ ...worker.ref, fingerprint: hashOf('body') }),
  ];
}

/** Values of another run have other ids: each is called by the order in which it first appears. */
export function withoutIds(value: unknown): unknown {
  const seen = new Map<string, string>();
  const text = JSON.stringify(value).replaceAll(/[0-9A-HJKMNP-TV-Z]{26}|[0-9a-f]{64}/gu, (id) => {
    const known = seen.get(id) ?? `id ${seen.size}`;
    seen.set(id, known);
    return known;
  });
  return JSON.parse(text);
}

/** What must be the same however often a caller repeated itself: not the fences and revisions, which count the repetitions. */
export function outcomeOf(record: UploadWithDeliveries | null): unknown {
  return record?.deliveries.map(({ status, attempt, receipt, duplicates, proofs, decorated, error }) => {
    return { status, attempt, receipt, duplicates, proofs, decorated, error };
  });
}
