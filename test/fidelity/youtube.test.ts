import { inject } from 'vitest';
import { describe, expect, it } from 'vitest';
import { video } from './support/files.ts';
import { runProgram } from './support/program.ts';
import { callsOf, newAccount, postsOf } from './support/sandbox.ts';

const TITLE = 'Grüße 🎬 from the harbour';
const TEXT = 'All of it & more: 100% #harbour';
const SLICE = 8 * 256 * 1024;

describe("google-api-python-client at YouTube's stand-in", () => {
  it('uploads in slices, asks the session how far it is, and the video is there with its bytes and words', async () => {
    const account = await newAccount('youtube', 'Ada');
    const before = (await callsOf('youtube')).length;
    const said = await runProgram('current', 'youtube.py', {
      url: `${inject('fidelity').sandboxUrl}/youtube/api`,
      token: account.accessToken,
      file: video.path,
      title: TITLE,
      text: TEXT,
      slice: SLICE,
    });
    const posts = await postsOf('youtube', account);
    expect(posts).toEqual([{ id: expect.any(String), accountId: account.externalId, kind: 'video', title: TITLE, text: TEXT, mediaSha256: [video.sha256] }]);
    expect(said).toEqual({ id: posts[0]?.id, progress: [SLICE, SLICE * 2, SLICE * 3], listed: TITLE });
    const calls = (await callsOf('youtube', before)).map(({ operation, status }) => `${operation} ${status}`);
    expect(calls).toEqual(['upload.start 200', 'upload.slice 308', 'upload.probe 308', 'upload.slice 308', 'upload.slice 308', 'upload.last-slice 200', 'videos.list 200']);
  });
});
