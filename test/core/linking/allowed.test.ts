import { describe, expect, it } from 'vitest';
import { linkWorld, told } from './world.ts';

describe('what a person allows', () => {
  const UPLOAD = 'https://www.googleapis.com/auth/youtube.upload';
  const READ = 'https://www.googleapis.com/auth/youtube.readonly';

  it('is held against what publishing needs: without that, nothing is linked', async () => {
    const world = linkWorld();
    const { cameBack, linkId } = await world.begin('youtube', world.person('youtube'), { decision: { _scopes: READ } });
    expect(told(await world.vault().finish(cameBack))).toBe('failed scope_missing');
    const link = await world.store.getLink(linkId);
    expect(link?.stage).toMatchObject({ failure: { message: expect.stringMatching(/YouTube needs permissions that were not given: upload videos\. Link the account again/u) } });
    expect(await world.accounts()).toEqual([]);
  });

  it('may leave out the statistics: the account then says so', async () => {
    const world = linkWorld();
    const { cameBack } = await world.begin('youtube', world.person('youtube'), { decision: { _scopes: `${UPLOAD} ${READ}` } });
    expect(told(await world.vault().finish(cameBack))).toBe('linked');
    expect((await world.accounts()).map(({ scopes }) => scopes)).toEqual([[UPLOAD, READ]]);
  });

  it('is nothing where there is nothing behind the login', async () => {
    const world = linkWorld();
    const { cameBack } = await world.begin('youtube', world.person('youtube', []));
    expect(told(await world.vault().finish(cameBack))).toBe('failed nothing_behind');
    expect(await world.accounts()).toEqual([]);
  });
});
