import type { Source } from '../source.ts';
import { codecName } from './codecs.ts';
import { childrenOf, float, unsigned, type Element } from './ebml.ts';

/** One track (RFC 9559, section 5.1.4). */
export interface Track {
  readonly type: 'video' | 'audio' | 'other';
  readonly enabled: boolean;
  readonly encrypted: boolean;
  readonly codec: string | null;
  /** Nanoseconds that a frame lasts; 0: unknown. */
  readonly frameDuration: number;
  /** Pixels as displayed, rotation applied; 0: unknown. */
  readonly width: number;
  readonly height: number;
}

const TRACK_ENTRY = 0xae;

export async function readTracks(source: Source, tracks: Element): Promise<readonly Track[]> {
  const found: Track[] = [];
  for await (const element of childrenOf(source, tracks)) if (element.id === TRACK_ENTRY) found.push(await readTrack(source, element));
  return found;
}

const TYPES: Readonly<Record<number, Track['type']>> = { 1: 'video', 2: 'audio' };

async function readTrack(source: Source, entry: Element): Promise<Track> {
  const track: { -readonly [Field in keyof Track]: Track[Field] } = {
    type: 'other',
    enabled: true,
    encrypted: false,
    codec: null,
    frameDuration: 0,
    width: 0,
    height: 0,
  };
  for await (const element of childrenOf(source, entry)) {
    switch (element.id) {
      case 0x83:
        track.type = TYPES[await unsigned(source, element)] ?? 'other';
        break;
      case 0xb9:
        track.enabled = (await unsigned(source, element)) !== 0;
        break;
      case 0x86:
        track.codec = await codecName(source, element);
        break;
      case 0x23e383:
        track.frameDuration = await unsigned(source, element);
        break;
      case 0xe0:
        Object.assign(track, await readPicture(source, element));
        break;
      case 0x6d80:
        track.encrypted = await isEncrypted(source, element);
        break;
    }
  }
  return track;
}

/** What a `Video` element says, by the ids of its children. */
const PICTURE: Readonly<Record<number, keyof Picture>> = {
  0xb0: 'width',
  0xba: 'height',
  0x54aa: 'bottom',
  0x54bb: 'top',
  0x54cc: 'left',
  0x54dd: 'right',
  0x54b0: 'displayWidth',
  0x54ba: 'displayHeight',
  0x54b2: 'displayUnit',
};

interface Picture {
  width: number;
  height: number;
  bottom: number;
  top: number;
  left: number;
  right: number;
  displayWidth: number;
  displayHeight: number;
  displayUnit: number;
}

const PROJECTION = 0x7670;

async function readPicture(source: Source, video: Element): Promise<{ width: number; height: number }> {
  const picture: Picture = { width: 0, height: 0, bottom: 0, top: 0, left: 0, right: 0, displayWidth: 0, displayHeight: 0, displayUnit: 0 };
  let turned = false;
  for await (const element of childrenOf(source, video)) {
    const field = PICTURE[element.id];
    if (field !== undefined) picture[field] = await unsigned(source, element);
    else if (element.id === PROJECTION) turned = await isTurned(source, element);
  }
  const { width, height } = displayed(picture);
  return turned ? { width: height, height: width } : { width, height };
}

/** Both of the display's sides in pixels are what counts. In other units they say how wide a picture of this height is. */
function displayed(picture: Picture): { width: number; height: number } {
  const width = Math.max(0, picture.width - picture.left - picture.right);
  const height = Math.max(0, picture.height - picture.top - picture.bottom);
  const { displayWidth, displayHeight, displayUnit } = picture;
  if (displayUnit === 0) return { width: displayWidth || width, height: displayHeight || height };
  const known = displayUnit <= 3 && displayWidth > 0 && displayHeight > 0;
  return known ? { width: Math.round((height * displayWidth) / displayHeight), height } : { width, height };
}

/** A flat picture that a player turns by a quarter: where a file was made from a telephone's, it says so here. */
async function isTurned(source: Source, projection: Element): Promise<boolean> {
  let type = 0;
  let roll = 0;
  for await (const element of childrenOf(source, projection)) {
    if (element.id === 0x7671) type = await unsigned(source, element);
    else if (element.id === 0x7675) roll = await float(source, element);
  }
  const radians = (roll * Math.PI) / 180;
  return type === 0 && Math.abs(Math.sin(radians)) > Math.abs(Math.cos(radians));
}

async function isEncrypted(source: Source, encodings: Element): Promise<boolean> {
  for await (const encoding of childrenOf(source, encodings)) {
    if (encoding.id !== 0x6240) continue;
    for await (const element of childrenOf(source, encoding)) {
      if (element.id === 0x5033 && (await unsigned(source, element)) === 1) return true;
    }
  }
  return false;
}
