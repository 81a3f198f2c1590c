import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limits } from '../../core/limits.ts';
import { SUBRIP, WEBVTT } from '../platforms/support/attached.ts';
import { probeBytes } from './files.ts';

const probe = async (text: string | Uint8Array) => (await probeBytes(typeof text === 'string' ? Buffer.from(text) : text)).probe;
const reasonOf = async (text: string | Uint8Array): Promise<string> => {
  const found = await probe(text);
  return found.kind === 'other' ? found.reason : `taken as ${found.contentType}`;
};

const vtt = (body: string): string => `WEBVTT\n\n${body}`;
const cue = (times: string): string => vtt(`${times}\nHello\n`);

const filled = (bytes: number): Buffer => Buffer.concat([Buffer.from(WEBVTT), Buffer.alloc(bytes - WEBVTT.length, '\n')]);
const digits = (value: number, length = 2): string => String(Math.floor(value)).padStart(length, '0');
const clock = (ms: number, point: string): string =>
  `${digits(ms / 3_600_000)}:${digits((ms / 60_000) % 60)}:${digits((ms / 1000) % 60)}${point}${digits(ms % 1000, 3)}`;

describe('a file of captions', () => {
  it.each([
    ['WebVTT', WEBVTT, 'text/vtt'],
    ['WebVTT with a byte order mark', `\uFEFF${WEBVTT}`, 'text/vtt'],
    ['WebVTT with lines as Windows ends them', WEBVTT.replaceAll('\n', '\r\n'), 'text/vtt'],
    ['WebVTT with a header, notes, styles and regions', 'WEBVTT - The harbour\nKind: captions\n\nNOTE\nby Ada\n\nSTYLE\n::cue { color: red }\n\nREGION\nid:one\n\nfirst\n00:01.000 --> 00:02.000\nx', 'text/vtt'],
    ['WebVTT of a hundred hours', cue('100:00:01.000 --> 100:00:02.000'), 'text/vtt'],
    ['SubRip', SUBRIP, 'application/x-subrip'],
    ['SubRip with a byte order mark, lines as Windows ends them, and points', `\uFEFF${SUBRIP.replaceAll('\n', '\r\n').replaceAll(',', '.')}`, 'application/x-subrip'],
    ['SubRip whose last caption is empty', `${SUBRIP}\n3\n00:00:05,000 --> 00:00:06,000\n`, 'application/x-subrip'],
  ])('is known by what it says: %s', async (_, text, contentType) => {
    expect(await probe(text)).toEqual({ kind: 'captions', contentType });
  });

  it.each([
    ['no captions', 'WEBVTT\n\nNOTE only this\n', /^The file has no captions/u],
    ['nothing after the header', 'WEBVTT', /^The file has no captions/u],
    ['captions within the header', 'WEBVTT\n00:01.000 --> 00:02.000\nx\n', /line 1: an empty line has to follow the header/u],
    ['a time of SubRip in WebVTT', cue('00:00:01,000 --> 00:00:02,000'), /WebVTT; line 3: the times/u],
    ['a minute of 60 seconds', cue('00:60.000 --> 01:10.000'), /line 3: the times/u],
    ['no space around the arrow', cue('00:01.000-->00:02.000'), /line 3: the times/u],
    ['a caption that ends when it begins', cue('00:02.000 --> 00:02.000'), /line 3: the caption ends before it begins/u],
    ['no empty line between captions', `${cue('00:01.000 --> 00:02.000')}00:03.000 --> 00:04.000\n`, /line 5: an empty line has to stand before the next caption/u],
    ['a block that is none', vtt('Hello\n'), /line 4: the times/u],
    ['a caption of SubRip without its number', `${SUBRIP}\n00:00:05,000 --> 00:00:06,000\nx\n`, /SubRip; line 9: the number/u],
    ['a time of WebVTT in SubRip', `${SUBRIP}\n3\n00:05.000 --> 00:06.000\nx\n`, /SubRip; line 10: the times/u],
    ['another encoding', Buffer.concat([Buffer.from(WEBVTT.repeat(1).padEnd(8_000, '\n')), Buffer.from('caf\xe9\n', 'latin1')]), /not UTF-8/u],
  ])('is refused with the line for %s', async (_, text, reason) => {
    expect(await reasonOf(text)).toMatch(reason);
  });

  it.each([
    ['a text', 'Hello --> you\n'],
    ['a word that begins like WebVTT', 'WEBVTTX\n\n00:01.000 --> 00:02.000\nx\n'],
    ['WebVTT in small letters', 'webvtt\n\n00:01.000 --> 00:02.000\nx\n'],
    ['a number and no times', '1\nHello\n'],
  ])('is not what only looks like it: %s', async (_, text) => {
    expect(await reasonOf(text)).toBe('The file is a text.');
  });

  it('may be as large as captions may be, and not larger', async () => {
    const size = limits.captionsSize;
    expect(await probe(filled(size))).toMatchObject({ kind: 'captions' });
    expect(await reasonOf(filled(size + 1))).toBe(`The file has ${size + 1} bytes, and captions may have at most ${size}.`);
  });

  const time = fc.nat({ max: 359_999_999 });
  const text = fc.string({ unit: 'grapheme', maxLength: 40 }).map((line) => line.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]|-->/gu, ' ').trim() || 'x');
  const cues = fc.array(fc.tuple(time, fc.integer({ min: 1, max: 10_000 }), text), { minLength: 1, maxLength: 20 });
  it('is taken whatever its captions say', async () => {
    await fc.assert(
      fc.asyncProperty(cues, async (all) => {
        const webVtt = vtt(all.map(([at, length, line]) => `${clock(at, '.')} --> ${clock(at + length, '.')}\n${line}\n`).join('\n'));
        const subRip = all.map(([at, length, line], n) => `${n + 1}\n${clock(at, ',')} --> ${clock(at + length, ',')}\n${line}\n`).join('\n');
        expect(await probe(webVtt)).toEqual({ kind: 'captions', contentType: 'text/vtt' });
        expect(await probe(subRip)).toEqual({ kind: 'captions', contentType: 'application/x-subrip' });
      }),
      { numRuns: 100 },
    );
  });

  it('is never more than refused, whatever is wrong with it', async () => {
    const damage = fc.tuple(fc.nat({ max: WEBVTT.length }), fc.nat({ max: 20 }), fc.uint8Array({ maxLength: 20 }));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(WEBVTT, SUBRIP), damage, async (whole, [at, cut, noise]) => {
        const file = Buffer.from(whole);
        expect(['captions', 'other', 'image', 'video']).toContain((await probe(Buffer.concat([file.subarray(0, at), noise, file.subarray(at + cut)]))).kind);
      }),
      { numRuns: 300 },
    );
  });
});
