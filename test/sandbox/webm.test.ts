import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { collectVideo } from '../../sandbox/media/collect.ts';
import { readWebm } from '../../sandbox/media/webm.ts';
import { readWebp } from '../../sandbox/media/webp.ts';

const clip = (name: string) => readFileSync(new URL(`../media/clips/${name}`, import.meta.url));

describe('what a network sees in a WebM file', () => {
  const facts = { width: 64, height: 48, frameRate: 25 };

  it.each([
    ['clip.webm', { ...facts, duration: 2.008, videoCodec: 'V_VP9', audio: { codec: 'A_OPUS', channels: 1, sampleRate: 48_000 } }],
    ['vp8-vorbis.webm', { ...facts, duration: 2.003, videoCodec: 'V_VP8', audio: { codec: 'A_VORBIS', channels: 1, sampleRate: 44_100 } }],
    ['av1.webm', { ...facts, duration: 2, videoCodec: 'V_AV1', audio: null }],
  ])('of %s', (name, expected) => {
    expect(readWebm(clip(name))).toEqual(expected);
    expect(readWebm(clip(name).subarray(0, 2000))).toEqual(expected);
    const collector = collectVideo();
    for (const byte of clip(name)) collector.add(Uint8Array.of(byte));
    expect(collector.facts()).toEqual(expected);
  });

  it.each(['sound.webm', 'clip.mkv', 'moov-last.mp4', 'picture.jpg'])('is nothing in %s', (name) => {
    expect(readWebm(clip(name))).toBeNull();
  });

  it('is looked for in anything without an error', () => {
    const whole = clip('clip.webm').subarray(0, 600);
    fc.assert(
      fc.property(fc.nat({ max: whole.length }), fc.uint8Array({ maxLength: 20 }), (at, bytes) => void readWebm(Buffer.concat([whole.subarray(0, at), bytes, whole.subarray(at + bytes.length)]))),
    );
  });
});

describe('what a network sees in a WebP picture', () => {
  it.each(['lossy.webp', 'lossless.webp', 'animated.webp'])('is the size of %s', (name) => {
    expect(readWebp(clip(name))).toEqual({ format: 'webp', width: 64, height: 48 });
  });

  it('is nothing in what is none', () => {
    for (const bytes of [Buffer.alloc(0), clip('picture.jpg'), clip('clip.avi'), clip('lossy.webp').subarray(0, 29)]) expect(readWebp(bytes)).toBeNull();
  });
});
