import { readImage } from '../media/image.ts';
import { readMp4 } from '../media/mp4.ts';
import { isVideo } from '../media/signature.ts';

/** What LinkedIn finds when it processes a file. */
export type Found = { readonly kind: 'taken'; readonly duration: number | null; readonly width: number; readonly height: number } | { readonly kind: 'failed'; readonly reason: string };

/** Bounds of a video (linkedin.md section 6). */
const VIDEO = { durationMin: 3, durationMax: 30 * 60, aspectMin: 1 / 2.4, aspectMax: 2.4, frameRateMin: 10, frameRateMax: 60 } as const;
const SIDES = { longMin: 256, longMax: 4096, shortMin: 144, shortMax: 2304 } as const;
/** An aspect ratio is given with four digits: 0.4167 stands for 1:2.4. */
const ASPECT_SLACK = 0.0001;

const PIXELS_MAX = 36_152_320;
const PHOTO_SIZE_MAX = 8_000_000;

export function checkVideo(file: Uint8Array): Found {
  const facts = isVideo(file) ? readMp4(file) : null;
  if (facts === null) return failed('the file is no MP4 video');
  // QuickTime's own brand: a MOV.
  if (Buffer.from(file.subarray(8, 12)).toString('latin1') === 'qt  ') return failed('the file is a MOV');
  const { duration, width, height, videoCodec, audio } = facts;
  if (duration < VIDEO.durationMin || duration > VIDEO.durationMax) return failed(`${duration} s is not between 3 s and 30 min`);
  const aspect = width / height;
  if (aspect < VIDEO.aspectMin - ASPECT_SLACK || aspect > VIDEO.aspectMax) return failed(`an aspect ratio of ${aspect} is not between 1:2.4 and 2.4:1`);
  const [short, long] = width < height ? [width, height] : [height, width];
  if (long < SIDES.longMin || long > SIDES.longMax || short < SIDES.shortMin || short > SIDES.shortMax) {
    return failed(`${width} x ${height} is not between 256 x 144 and 4096 x 2304`);
  }
  if (videoCodec !== 'avc1' && videoCodec !== 'avc3') return failed(`${videoCodec} is not H.264`);
  if (audio !== null && audio.codec !== 'mp4a') return failed(`${audio.codec} is not AAC`);
  const frameRate = facts.frameRate === null ? null : Math.round(facts.frameRate * 100) / 100;
  if (frameRate !== null && (frameRate < VIDEO.frameRateMin || frameRate > VIDEO.frameRateMax)) {
    return failed(`${frameRate} frames a second are not between 10 and 60`);
  }
  return { kind: 'taken', duration, width, height };
}

export function checkImage(file: Uint8Array): Found {
  if (file.byteLength > PHOTO_SIZE_MAX) return failed('the picture is over 8 MB');
  const image = readImage(file) ?? readGif(Buffer.from(file));
  if (image === null) return failed('the picture is neither JPEG, PNG nor GIF');
  if (image.width * image.height > PIXELS_MAX) return failed(`${image.width} x ${image.height} is over ${PIXELS_MAX} pixels`);
  return { kind: 'taken', duration: null, width: image.width, height: image.height };
}

function failed(reason: string): Found {
  return { kind: 'failed', reason };
}

/** The size of a GIF; null: it is none. */
function readGif(bytes: Buffer): { width: number; height: number } | null {
  if (bytes.length < 10 || !/^GIF8[79]a$/.test(bytes.toString('latin1', 0, 6))) return null;
  return { width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) };
}
