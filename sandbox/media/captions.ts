/** What a network looks at in captions. It is the sandbox's own, apart from the product's reader. */
export interface CaptionFile {
  readonly format: 'vtt' | 'srt';
  readonly cues: number;
}

const TIMES = { vtt: /^(?:\d+:)?\d\d:\d\d\.\d{3} --> (?:\d+:)?\d\d:\d\d\.\d{3}/, srt: /^\d+:\d\d:\d\d,\d{3} --> \d+:\d\d:\d\d,\d{3}/ } as const;

/** The facts of WebVTT or SubRip; null if it is neither, or has no captions in it. */
export function readCaptions(file: Uint8Array): CaptionFile | null {
  const text = Buffer.from(file.buffer, file.byteOffset, file.byteLength).toString('utf8').replace(/^\uFEFF/, '');
  if (text.includes('\uFFFD') || text.includes('\0')) return null;
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const format = /^WEBVTT(?:\s|$)/.test(lines[0] ?? '') ? 'vtt' : 'srt';
  const cues = lines.filter((line) => TIMES[format].test(line)).length;
  return cues === 0 ? null : { format, cues };
}
