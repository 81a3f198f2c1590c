import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commentaryOf, plainText } from '../../../platforms/linkedin/commentary.ts';
import { readCommentary } from '../../../sandbox/linkedin/commentary.ts';

function write(text: string): string {
  return commentaryOf({ title: text, description: null });
}

describe('the text of a post', () => {
  it('is title, blank line, description', () => {
    expect(commentaryOf({ title: 'One', description: 'Two' })).toBe('One\n\nTwo');
  });

  it('has every reserved character escaped, so that nothing is cut off', () => {
    expect(write(String.raw`a\b|c{d}e@f[g]h(i)j<k>l#m*n_o~p`)).toBe(String.raw`a\\b\|c\{d\}e\@f\[g\]h\(i\)j\<k\>l\#m\*n\_o\~p`);
  });

  it('has its hashtags as templates, and no others', () => {
    expect(write('#Été_2026 and (#b) 100% #harbour!')).toBe(String.raw`{hashtag|\#|Été\_2026} and \({hashtag|\#|b}\) 100% {hashtag|\#|harbour}!`);
    expect(write('#1 C#sharp https://a.test/#part # ##')).toBe(String.raw`\#1 C\#sharp https://a.test/\#part \# \#\#`);
  });

  it('is read by LinkedIn, and known again by us, as it was written', () => {
    const text = fc.array(fc.constantFrom('a', 'ß', '🎬', '1', ' ', '\n', '#', '_', '\\', '|', '{', '}', '@', '[', ']', '(', ')', '<', '>', '*', '~', 'hashtag'), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(text, (parts) => {
        const written = `x${parts.join('')}`;
        expect(readCommentary(write(written))).toBe(written);
        expect(plainText(write(written))).toBe(written);
      }),
      { numRuns: 500 },
    );
  });
});
