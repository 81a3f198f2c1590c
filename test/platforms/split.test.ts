import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codePoints } from '../../core/text.ts';
import { splitText, usualWhole, type SplitRules } from '../../platforms/split.ts';
import { weightedLength, wholeStretches } from '../../platforms/x/length.ts';

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
const graphemesOf = (text: string): readonly string[] => [...segmenter.segment(text)].map(({ segment }) => segment);
const byCodePoints = (max: number): SplitRules => ({ max, measure: codePoints, whole: usualWhole, most: 1000 });

/** The ways in which networks count. */
const ways: readonly (readonly [string, (text: string) => number])[] = [
  ['code points', codePoints],
  ['graphemes', (text) => graphemesOf(text).length],
  ['bytes', (text) => Buffer.byteLength(text)],
  ['the weights of X', weightedLength],
];

/** Texts as people write them, and as they do not: words, links, mentions, marks, emoji, scripts without spaces, white space of all kinds. */
const word = fc.oneof(
  fc.stringMatching(/^[a-zäöü]{1,12}[.!?,]?$/u),
  fc.constantFrom('https://example.com/a/b?c=d', 'http://a.io', '@ada.lovelace', '#launch', '👨‍👩‍👧‍👦', '🇩🇪', 'e\u0301', '日本語。', 'ภาษาไทย', 'a'.repeat(60), 'example.com'),
  fc.string({ unit: 'grapheme', maxLength: 8 }),
);
const texts = fc
  .array(fc.tuple(word, fc.constantFrom(' ', ' ', ' ', '', '\n', '\n\n', '  ')), { maxLength: 60 })
  .map((pairs) => pairs.map(([said, space]) => said + space).join(''));

describe('the parts of a text', () => {
  it.each(ways)('lose nothing and are never too long, counted in %s', (_name, measure) => {
    fc.assert(
      fc.property(texts, fc.integer({ min: 40, max: 300 }), (text, max) => {
        const parts = splitText(text, { max, measure, whole: usualWhole, most: 1000 });
        expect(parts.join('').replaceAll(/\s/gu, '')).toBe(text.replaceAll(/\s/gu, ''));
        for (const part of parts) {
          expect(graphemesOf(part).length === 1 || measure(part) <= max, `${measure(part)}: ${part}`).toBe(true);
          if (parts.length > 1) expect(part).not.toBe('');
          expect(part).toBe(part.trim());
        }
      }),
    );
  });

  it('divide no grapheme, and no link or mention that has room', () => {
    fc.assert(
      fc.property(texts, fc.integer({ min: 40, max: 300 }), (text, max) => {
        const parts = splitText(text, byCodePoints(max));
        // In the order of the text: each part where it stands.
        let from = 0;
        const starts = parts.map((part) => {
          const start = text.indexOf(part, from);
          from = start + part.length;
          return start;
        });
        const cuts = parts.slice(1).map((_, n) => starts[n + 1] ?? 0);
        const borders = new Set([...segmenter.segment(text)].map(({ index }) => index));
        for (const cut of cuts) {
          expect(borders.has(cut)).toBe(true);
          for (const { start, end } of usualWhole(text)) if (codePoints(text.slice(start, end)) <= max) expect(cut <= start || cut >= end).toBe(true);
        }
      }),
    );
  });

  it('keep what X takes for a link in one piece', () => {
    const text = `${'word '.repeat(54)}example.com/a-long-path/that/goes/on ${'more '.repeat(20)}`;
    const parts = splitText(text, { max: 280, measure: weightedLength, whole: wholeStretches, most: 10 });
    expect(parts).toHaveLength(2);
    expect(parts.some((part) => part.includes('example.com/a-long-path/that/goes/on'))).toBe(true);
  });
});

describe('where a text is divided', () => {
  it('is one part, if it has room, at the very limit too', () => {
    expect(splitText('a'.repeat(50), byCodePoints(50))).toEqual(['a'.repeat(50)]);
    expect(splitText('a'.repeat(51), byCodePoints(50))).toEqual(['a'.repeat(50), 'a']);
    expect(splitText('', byCodePoints(50))).toEqual(['']);
    expect(splitText('  one \n', byCodePoints(50))).toEqual(['one']);
  });

  it('is between paragraphs before sentences, and between sentences before words', () => {
    expect(splitText('One sentence here. Another.\n\nA new paragraph begins.', byCodePoints(40))).toEqual(['One sentence here. Another.', 'A new paragraph begins.']);
    expect(splitText('The first sentence is this. The second one is longer.', byCodePoints(40))).toEqual(['The first sentence is this.', 'The second one is longer.']);
    expect(splitText('Yes. A sentence that goes on for quite a while, and on.', byCodePoints(40))).toEqual(['Yes. A sentence that goes on for quite a', 'while, and on.']);
  });

  it('is inside a word only where it is longer than a part', () => {
    expect(splitText(`see ${'x'.repeat(50)} there`, byCodePoints(40))).toEqual(['see', 'x'.repeat(40), `${'x'.repeat(10)} there`]);
    expect(splitText('日本語の文章です。これも文章です。', byCodePoints(10))).toEqual(['日本語の文章です。', 'これも文章です。']);
  });

  it('is nowhere any more after as many parts as may be', () => {
    expect(splitText('one two three four', { ...byCodePoints(5), most: 2 })).toEqual(['one', 'two', 'three four']);
  });

  it('gives a grapheme that is longer than a part a part of its own', () => {
    expect(splitText('a👨‍👩‍👧‍👦b', byCodePoints(3))).toEqual(['a', '👨‍👩‍👧‍👦', 'b']);
  });
});
