import { describe, expect, it } from 'vitest';
import { sameText } from '../../platforms/text.ts';
import { scrub } from '../../platforms/scrub.ts';

describe("a network's own words", () => {
  it('are kept without the secrets of the request, also where they are encoded', () => {
    const secrets = ['IGAA+secret/token=', ''];
    const text = 'Cannot use IGAA+secret/token= nor IGAA%2Bsecret%2Ftoken%3D here';
    expect(scrub(text, secrets)).toBe('Cannot use [removed] nor [removed] here');
  });

  it('are kept without what looks like a secret, and cut to 2,000 characters', () => {
    const clean = scrub(`Bearer abcdefghijklmnop https://media.test/a.mp4?X-Amz-Signature=abcdef ${'x'.repeat(10_000)}`, []);
    expect(clean).not.toMatch(/abcdef/u);
    expect(clean.length).toBeLessThanOrEqual(2000);
  });

  it('hide a secret that stands across the place where they are cut', () => {
    const secret = 's'.repeat(100);
    for (let at = 1890; at < 2010; at += 7) expect(scrub(`${'-'.repeat(at)}${secret}`, [secret])).not.toContain('sss');
  });
});

describe('the text of a post', () => {
  it('is known again when the network has trimmed it, folded white space or composed characters', () => {
    expect(sameText('  Gru\u0308\u00dfe\r\n\r\nall ', 'Gr\u00fc\u00dfe\n\nall')).toBe(true);
  });

  it('is another one with other letters, case or marks', () => {
    for (const other of ['a title', 'A title!', 'A titel', 'A title 2', '']) expect(sameText('A title', other)).toBe(false);
  });
});
