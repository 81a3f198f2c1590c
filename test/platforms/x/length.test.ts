import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codePoints } from '../../../core/text.ts';
import { piecesOf, weightedLength } from '../../../platforms/x/length.ts';

describe('the length of a text as X counts it', () => {
  it.each([
    ['', 0],
    ['Hello, world', 12],
    ['Grüße, Привет, שלום, नमस्ते', 27],
    ['curly “quotes” – and dashes…', 28 + 1],
    ['日本語', 6],
    ['한국어', 6],
    ['e\u0301', 1],
    ['🎬', 2],
    ['👨‍👩‍👧‍👦', 2],
    ['👍🏽🇩🇪1️⃣❤️', 8],
    ['🏴󠁧󠁢󠁥󠁮󠁧󠁿', 2],
  ])('%j is %i', (text, weight) => {
    expect(weightedLength(text)).toBe(weight);
  });

  it.each([
    ['https://a.co', 23],
    [`https://example.com/${'long/'.repeat(60)}`, 23],
    ['see http://bücher.de/ö now', 31],
    ['example.com', 23],
    ['(example.com), fanfare.video!', 1 + 23 + 3 + 23 + 1],
    ['https://en.wikipedia.org/wiki/Foo_(bar).', 24],
    ['https://a.com/x?y=1&z=2#frag', 23],
    ['example.com:80/a', 23],
    ['日本語https://a.com/日本', 6 + 23 + 4],
    ['EXAMPLE.COM', 23],
    // Not links for X: no such ending, an address of mail, a name, a tag.
    ['https://example.notanending', 27],
    ['http://localhost', 16],
    ['ada@example.com', 15],
    ['@a.com #b.com $c.com', 20],
    ['node.js', 7],
    ['1.5', 3],
  ])('counts the links of %j', (text, weight) => {
    expect(weightedLength(text)).toBe(weight);
  });

  it('counts each code point once or twice, whatever the text, and composes it first', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const plain = piecesOf(text.normalize('NFC')).every(({ link }) => !link);
        fc.pre(plain);
        const points = codePoints(text.normalize('NFC'));
        expect(weightedLength(text)).toBeLessThanOrEqual(2 * points);
        expect(weightedLength(text)).toBe(weightedLength(text.normalize('NFD')));
      }),
    );
  });

  it('adds up over words: a link is a link wherever it stands', () => {
    const word = fc.constantFrom('a', 'Hello', '漢字', '🎬', 'https://example.com/a_(b)?c=d', 'fanfare.video', 'ada@example.com', '#tag', '…', '1.5');
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 20 }), (words) => {
        const sum = words.reduce((all, each) => all + weightedLength(each), words.length - 1);
        expect(weightedLength(words.join(' '))).toBe(sum);
      }),
    );
  });

  it('loses nothing of a text', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '.', '/', 'com', 'http://', '(', ')', ' ', 'é', '漢', '🎬', '@', '?') }), (text) => {
        expect(piecesOf(text).map((piece) => piece.text).join('')).toBe(text);
      }),
    );
  });

  it('takes time in proportion to the text', () => {
    const began = performance.now();
    for (const text of ['a.'.repeat(3500), '(a'.repeat(3500), `http://a.com/${'(('.repeat(3500)}`, `http://a.com/${'(a)'.repeat(2300)}!!`]) weightedLength(text);
    expect(performance.now() - began).toBeLessThan(1000);
  });
});
