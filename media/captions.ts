import type { CaptionType } from '../core/media/type.ts';
import { limits } from '../core/limits.ts';
import { MOST_AT_ONCE, Unreadable, type Source } from './source.ts';

/**
 * Reads captions to their end: WebVTT (W3C WebVTT, section 4), and SubRip as players agree on it, which nobody has specified. Throws
 * `Unreadable` with the line at which it is wrong.
 */
export async function checkCaptions(source: Source, type: CaptionType): Promise<void> {
  if (source.size > limits.captionsSize) {
    throw new Unreadable(`The file has ${source.size} bytes, and captions may have at most ${limits.captionsSize}.`, type);
  }
  const blocks = blocksOf(await textOf(source, type));
  const cues = type === 'text/vtt' ? checkWebVtt(blocks) : checkSubRip(blocks);
  if (cues === 0) throw new Unreadable('The file has no captions: there is no line such as 00:00:01.000 --> 00:00:04.000 in it.', type);
}

async function textOf(source: Source, type: CaptionType): Promise<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let text = '';
  try {
    for (let at = 0; at < source.size; at += MOST_AT_ONCE) {
      text += decoder.decode(await source.at(at, Math.min(MOST_AT_ONCE, source.size - at)), { stream: true });
    }
    return text + decoder.decode();
  } catch (error) {
    if (error instanceof TypeError) throw new Unreadable('The captions are not UTF-8: save the file in that encoding.', type);
    throw error;
  }
}

/** Lines without an empty one between them. */
interface Block {
  /** Of its first line, from 1. */
  readonly line: number;
  readonly lines: readonly string[];
}

function blocksOf(text: string): readonly Block[] {
  const blocks: Block[] = [];
  let lines: string[] = [];
  for (const [index, line] of [...text.split(/\r\n|\r|\n/u), ''].entries()) {
    if (line.trim() !== '') {
      lines.push(line);
    } else if (lines.length > 0) {
      blocks.push({ line: index - lines.length + 1, lines });
      lines = [];
    }
  }
  return blocks;
}

const WEBVTT_TIMES = /^((?:\d{2,4}:)?[0-5]\d:[0-5]\d\.\d{3})[ \t]+-->[ \t]+((?:\d{2,4}:)?[0-5]\d:[0-5]\d\.\d{3})(?:[ \t].*)?$/u;
const SUBRIP_TIMES = /^(\d{1,4}:[0-5]\d:[0-5]\d[,.]\d{3})[ \t]+-->[ \t]+(\d{1,4}:[0-5]\d:[0-5]\d[,.]\d{3})(?:[ \t].*)?$/u;

/** The header, then cues, each perhaps with a name; comments, styles and regions may stand between. How many cues there are. */
function checkWebVtt([header, ...blocks]: readonly Block[]): number {
  if (header === undefined || header.lines.some((line) => line.includes('-->'))) throw wrong('text/vtt', 1, 'an empty line has to follow the header');
  const cues = blocks.filter(({ lines: [first = ''] }) => !/^(?:NOTE|STYLE|REGION)(?:[ \t]|$)/u.test(first));
  for (const { line, lines } of cues) {
    const at = lines[0]?.includes('-->') === true ? 0 : 1;
    checkTimes('text/vtt', WEBVTT_TIMES, lines[at] ?? '', line + at);
    checkText('text/vtt', lines.slice(at + 1), line + at + 1);
  }
  return cues.length;
}

/** Cues, each with its number. How many there are. */
function checkSubRip(blocks: readonly Block[]): number {
  for (const { line, lines } of blocks) {
    if (!/^\uFEFF?\d{1,9}$/u.test(lines[0]?.trim() ?? '')) throw wrong('application/x-subrip', line, 'the number of a caption is expected');
    checkTimes('application/x-subrip', SUBRIP_TIMES, lines[1]?.trim() ?? '', line + 1);
    checkText('application/x-subrip', lines.slice(2), line + 2);
  }
  return blocks.length;
}

function checkTimes(type: CaptionType, form: RegExp, text: string, line: number): void {
  const [, begin, end] = form.exec(text) ?? [];
  if (begin === undefined || end === undefined) throw wrong(type, line, 'the times of a caption are expected, such as 00:00:01.000 --> 00:00:04.000 (in SubRip with commas)');
  if (secondsOf(end) <= secondsOf(begin)) throw wrong(type, line, 'the caption ends before it begins');
}

/** An arrow is where times are: in a text it means that the empty line before them is missing. */
function checkText(type: CaptionType, lines: readonly string[], line: number): void {
  const at = lines.findIndex((each) => each.includes('-->'));
  if (at >= 0) throw wrong(type, line + at, 'an empty line has to stand before the next caption');
}

function secondsOf(time: string): number {
  return time.split(':').reduce((sum, part) => 60 * sum + Number(part.replace(',', '.')), 0);
}

function wrong(type: CaptionType, line: number, what: string): Unreadable {
  const name = type === 'text/vtt' ? 'WebVTT' : 'SubRip';
  return new Unreadable(`The captions are no valid ${name}; line ${line}: ${what}.`, type);
}
