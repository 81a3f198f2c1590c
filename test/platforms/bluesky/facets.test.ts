import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { facetsOf, graphemes, handlesIn, type Facet } from '../../../platforms/bluesky/facets.ts';

const DIDS = { 'alice.bsky.social': 'did:plc:alice', 'bob.example': 'did:plc:bob' };

/** What a reader who counts bytes finds at the place of each facet. */
function places(text: string, facets: readonly Facet[] = facetsOf(text, DIDS)): readonly string[] {
  const bytes = Buffer.from(text);
  return facets.map(({ index }) => bytes.toString('utf8', index.byteStart, index.byteEnd));
}

const values = (text: string): readonly string[] => facetsOf(text, DIDS).map(({ features: [feature] }) => ('uri' in feature ? feature.uri : 'tag' in feature ? feature.tag : feature.did));

describe('links, mentions and tags', () => {
  it('are told by their places in bytes of UTF-8, whatever stands before them', () => {
    const text = 'Grüße 🎬👨‍👩‍👧‍👦 an @alice.bsky.social: https://example.com/größe #Häfen';
    expect(places(text)).toEqual(['@alice.bsky.social', 'https://example.com/größe', '#Häfen']);
    expect(facetsOf('é #a', {})).toEqual([{ index: { byteStart: 3, byteEnd: 5 }, features: [{ $type: 'app.bsky.richtext.facet#tag', tag: 'a' }] }]);
  });

  it.each([
    ['https://example.com.', 'https://example.com'],
    ['(see https://example.com/a)', 'https://example.com/a'],
    ['https://example.com/a_(b)', 'https://example.com/a_(b)'],
    ['„https://example.com/?a=1&b=#c!?“', 'https://example.com/?a=1&b=#c!?“'],
    ['HTTP is no link, http://x.example is', 'http://x.example'],
  ])('a link ends where its sentence goes on: %s', (text, uri) => expect(values(text)).toEqual([uri]));

  it.each([
    ['#one, #two.', ['one', 'two']],
    ['#1 #2026 #4you #-1', ['4you']],
    ['a#b &#39; (#c) # d', []],
    ['＃全角 #日本語', ['全角', '日本語']],
    [`#${'x'.repeat(64)} #${'x'.repeat(65)}`, ['x'.repeat(64)]],
    ['#under_score #dash-ed! #C++', ['under_score', 'dash-ed', 'C++']],
  ])('a tag is a word after a hash: %s', (text, tags) => expect(values(text)).toEqual(tags));

  it.each([
    ['@Alice.Bsky.Social!', ['did:plc:alice']],
    ['(@bob.example), mail me@bob.example', ['did:plc:bob']],
    ['@bob @nobody.example @bob.example/', ['did:plc:bob']],
    ['@bob.example.', ['did:plc:bob']],
  ])('a mention is a handle that somebody has: %s', (text, dids) => expect(values(text)).toEqual(dids));

  it('does not look into links for anything else', () => {
    expect(values('https://example.com/@bob.example#tag')).toEqual(['https://example.com/@bob.example#tag']);
    expect(handlesIn('https://example.com/@bob.example and @alice.bsky.social, @ALICE.bsky.social')).toEqual(['alice.bsky.social']);
  });

  it('lie in order, apart from each other, and on whole characters, in any text', () => {
    const parts = fc.array(fc.oneof(fc.string(), fc.constantFrom(' ', '\n', '#', '@', 'https://a.example/', '@bob.example', '#tag', '🎬', 'é', '👨‍👩‍👧', '\u{10FFFF}')), { maxLength: 20 });
    fc.assert(
      fc.property(parts, (words) => {
        const text = Buffer.from(words.join('')).toString('utf8');
        const facets = facetsOf(text, DIDS);
        const edges = facets.flatMap(({ index }) => [index.byteStart, index.byteEnd]);
        expect(edges).toEqual(edges.toSorted((a, b) => a - b));
        expect(edges.at(-1) ?? 0).toBeLessThanOrEqual(Buffer.byteLength(text));
        // Cut inside a character, it would not be found again.
        expect(places(text, facets).filter((place) => !text.includes(place))).toEqual([]);
      }),
    );
  });
});

it.each([
  ['', 0],
  ['abc', 3],
  ['é'.normalize('NFD'), 1],
  ['👨‍👩‍👧‍👦🇩🇪', 2],
  ['\r\n', 1],
])('%j is %i characters to a reader', (text, count) => expect(graphemes(text)).toBe(count));
