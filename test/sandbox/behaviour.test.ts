import { describe, expect, it } from 'vitest';
import { createSandbox } from '../../sandbox/sandbox.ts';
import { control, testClock } from './in-process.ts';

function asked() {
  const sandbox = createSandbox({ clock: testClock(), baseUrl: 'http://sandbox.test', processingSeconds: 2 });
  return { sandbox, ask: control(sandbox) };
}

describe('the behaviour of a network', () => {
  it('is shown, and changed in what is said of it, until the next reset', async () => {
    const { ask } = asked();
    const usual = { processingSeconds: 2, caps: {}, restricted: false, refreshTokens: true };
    expect(await ask('GET', '/x/behaviour')).toEqual({ status: 200, body: usual });
    expect(await ask('POST', '/x/behaviour', { processingSeconds: 900, caps: { posts: 1 } })).toEqual({ status: 200, body: { ...usual, processingSeconds: 900, caps: { posts: 1 } } });
    expect(await ask('POST', '/x/behaviour', { restricted: true, caps: { sameText: 5 } })).toMatchObject({ body: { processingSeconds: 900, caps: { posts: 1, sameText: 5 }, restricted: true } });
    expect(await ask('GET', '/youtube/behaviour')).toEqual({ status: 200, body: usual });
    await ask('POST', '/reset');
    expect(await ask('GET', '/x/behaviour')).toEqual({ status: 200, body: usual });
  });

  it('is told in its own words what does not exist', async () => {
    const { ask } = asked();
    expect(await ask('POST', '/x/behaviour', { caps: { likes: 1 } })).toMatchObject({ status: 400, body: { error: expect.stringMatching(/^There is no cap likes: .*posts/u) } });
    expect(await ask('POST', '/threads/behaviour', { restricted: true })).toMatchObject({ status: 400, body: { error: 'How threads refuses a restricted account is not known.' } });
    expect(await ask('POST', '/x/behaviour', { refreshTokens: false })).toMatchObject({ status: 400, body: { error: 'x gives every app refresh tokens, or none.' } });
    expect(await ask('POST', '/x/behaviour', { processingSeconds: -1 })).toMatchObject({ status: 400 });
    expect(await ask('POST', '/x/behaviour', { mood: 'bad' })).toMatchObject({ status: 400 });
    expect(await ask('GET', '/x/behaviour')).toMatchObject({ body: { caps: {}, restricted: false } });
  });
});
