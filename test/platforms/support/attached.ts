import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { AttachedFile } from './records.ts';

/** Stored files that options name. */

/** A photo, 720 by 900. */
export const cover: AttachedFile = {
  mediaId: 'med_01J8ZC6Q4M2V9Y3K7T5B1N0C00',
  objectKey: 'in/cover.jpg',
  contentType: 'image/jpeg',
  bytes: readFileSync(new URL('photos/two.jpg', import.meta.url)),
};

export const WEBVTT = `WEBVTT

1
00:00:00.500 --> 00:00:02.000 align:start
The harbour

00:02.500 --> 00:03.000
at noon
`;

export const SUBRIP = `1
00:00:00,500 --> 00:00:02,000
Der Hafen

2
00:00:02,500 --> 00:00:03,000
am Mittag
`;

export const english: AttachedFile = { mediaId: 'med_01J8ZC6Q4M2V9Y3K7T5B1N0V01', objectKey: 'in/en.vtt', contentType: 'text/vtt', bytes: Buffer.from(WEBVTT) };
export const german: AttachedFile = { mediaId: 'med_01J8ZC6Q4M2V9Y3K7T5B1N0V02', objectKey: 'in/de.srt', contentType: 'application/x-subrip', bytes: Buffer.from(SUBRIP) };
export const french: AttachedFile = { ...english, mediaId: 'med_01J8ZC6Q4M2V9Y3K7T5B1N0V03', objectKey: 'in/fr.vtt', bytes: Buffer.from(WEBVTT.replace('The harbour', 'Le port')) };

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
