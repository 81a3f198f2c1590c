import { describe, expect, it } from 'vitest';
import type { LinkedAccount } from '../../sandbox/stand-in.ts';
import { linkedinByHand, parsed, refusal } from './linkedin-by-hand.ts';

async function withPost() {
  const hand = linkedinByHand();
  const { page, post, call } = hand;
  const urn = (await post()).headers['x-restli-id'] ?? '';
  const path = (of = urn) => `socialActions/${encodeURIComponent(of)}/comments`;
  const comment = (changes: object = {}, as: LinkedAccount = page, of = urn) => call('POST', path(of), { actor: as.externalId, object: of, message: { text: 'More & (more)' }, ...changes }, as);
  return { ...hand, urn, path, comment };
}

describe('a comment on LinkedIn', () => {
  it('stands under the post as plain text, and its list has it', async () => {
    const { urn, path, comment, call, page, sandbox } = await withPost();
    const said = await comment();
    const id = said.headers['x-restli-id'] ?? '';
    expect(said.status).toBe(201);
    expect(parsed(said)).toMatchObject({ id, commentUrn: `urn:li:comment:(${urn},${id})`, object: urn, message: { text: 'More & (more)' } });
    expect(await sandbox.posts('linkedin')).toMatchObject([
      { id: urn },
      { id: `urn:li:comment:(${urn},${id})`, accountId: page.externalId, kind: 'text', title: null, text: 'More & (more)', mediaSha256: [], replyTo: urn },
    ]);
    expect(parsed(await call('GET', path()))).toMatchObject({
      paging: { start: 0, count: 10, total: 1 },
      elements: [{ id, actor: page.externalId, message: { text: 'More & (more)' }, created: { time: Date.parse('2026-11-21T12:00:00Z') } }],
    });
    expect((await sandbox.calls('linkedin')).map(({ operation }) => operation)).toEqual(['post.create', 'comment.create', 'comments.list']);
  });

  it('is another one where the words are the same, and is listed page by page', async () => {
    const { path, comment, call } = await withPost();
    for (let count = 0; count < 3; count += 1) expect((await comment()).status).toBe(201);
    expect(parsed(await call('GET', `${path()}?start=2&count=2`))).toMatchObject({ paging: { start: 2, count: 2, total: 3 }, elements: [{ actor: expect.any(String) }] });
  });

  it.each([
    ['without a text', { message: { text: ' ' } }, [422, 'MISSING_FIELD']],
    ['without a message', { message: undefined }, [422, 'MISSING_FIELD']],
    ['of 1251 characters', { message: { text: 'x'.repeat(1251) } }, [422, 'FIELD_LENGTH_TOO_LONG']],
    ['with a picture', { content: [] }, [422, 'INVALID_VALUE']],
    ['about something else', { object: 'urn:li:share:1' }, [400, 'INVALID_VALUE']],
  ])('is refused %s', async (_what, changes, expected) => {
    const { comment, sandbox } = await withPost();
    expect(refusal(await comment(changes))).toEqual(expected);
    expect(await sandbox.posts('linkedin')).toHaveLength(1);
  });

  it('takes 1250 characters, and needs not name the post twice', async () => {
    const { comment } = await withPost();
    expect((await comment({ object: undefined, message: { text: 'x'.repeat(1250) } })).status).toBe(201);
  });

  it('needs the permission to post, a post that is there, and the headers of every call', async () => {
    const { urn, path, comment, call, page, sandbox } = await withPost();
    const reader = sandbox.addAccount('linkedin', { name: 'reader', scopes: ['r_organization_social'] });
    expect(refusal(await comment({}, reader))).toEqual([403, 'ACCESS_DENIED']);
    expect(refusal(await comment({ actor: 'urn:li:organization:1' }))).toEqual([403, 'ACCESS_DENIED']);
    expect(refusal(await comment({}, page, `${urn}1`))).toEqual([404, 'NOT_FOUND']);
    expect(refusal(await call('GET', path(), undefined, page, { 'linkedin-version': '202401' }))).toEqual([426, 'NONEXISTENT_VERSION']);
  });

  it('of a member can be made, and nobody can read it', async () => {
    const { post, path, comment, call, member } = await withPost();
    const urn = (await post({}, member)).headers['x-restli-id'] ?? '';
    expect((await comment({}, member, urn)).status).toBe(201);
    expect(refusal(await call('GET', path(urn), undefined, member))).toEqual([403, 'ACCESS_DENIED']);
  });
});
