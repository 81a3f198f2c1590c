import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export interface TestFile {
  readonly path: string;
  readonly bytes: Buffer;
  readonly sha256: string;
  readonly contentType: string;
}

/** What the programs publish: the demo clip, of several slices on every network, and a photo. */
export const video = fileOf('../../../local/demo.mp4', 'video/mp4');
export const photo = fileOf('../../platforms/support/photos/one.jpg', 'image/jpeg');

/** By the names under which networks that pull find them. */
export const files: Readonly<Record<string, TestFile>> = { 'one.mp4': video, 'one.jpg': photo };

function fileOf(path: string, contentType: string): TestFile {
  const url = new URL(path, import.meta.url);
  const bytes = readFileSync(url);
  return { path: fileURLToPath(url), bytes, sha256: createHash('sha256').update(bytes).digest('hex'), contentType };
}
