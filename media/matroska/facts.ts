import type { VideoFacts } from '../../core/model.ts';
import { videoFacts } from '../facts.ts';
import { TooScattered, Unreadable, type Source } from '../source.ts';
import { lastMoment } from './clusters.ts';
import { childrenOf, damaged, elementAt, elementsIn, float, unsigned, type Element, type Span } from './ebml.ts';
import { readTracks, type Track } from './tracks.ts';

/**
 * The facts of a Matroska or WebM file (RFC 9559), also of a live recording that states neither its size nor its duration.
 * Null: a video, but how long it is would take too many reads to find out. Throws `Unreadable` for what cannot be published.
 */
export async function matroskaFacts(source: Source, container: 'webm' | 'mkv'): Promise<VideoFacts | null> {
  const segment = await findSegment(source);
  const { tracks, info, cluster } = await readSegment(source, segment);
  const video = first(tracks, 'video');
  const audio = first(tracks, 'audio');
  if (video === undefined) {
    if (audio === undefined) throw new Unreadable('The file has no video track.');
    throw new Unreadable('The file holds sound only, no video track.', container === 'webm' ? 'audio/webm' : 'audio/x-matroska');
  }
  if (video.encrypted) throw new Unreadable('The video is encrypted (DRM) and cannot be published.');

  const ticks = info.duration > 0 ? info.duration : await played(source, { start: cluster, end: segment.end });
  if (ticks === null) return null;
  return videoFacts({
    container,
    // A scale is nanoseconds a tick.
    duration: (ticks * info.scale) / 1e9,
    width: video.width,
    height: video.height,
    videoCodec: video.codec,
    audioCodec: audio?.codec ?? null,
    frameRate: video.frameDuration > 0 ? 1e9 / video.frameDuration : null,
  });
}

const EBML = 0x1a45dfa3;
const SEGMENT = 0x18538067;
const SEEK_HEAD = 0x114d9b74;
const INFO = 0x1549a966;
const TRACKS = 0x1654ae6b;
const CLUSTER = 0x1f43b675;

/** Where the level below the segment stands: up to the end of the file, if the segment does not say where it ends. */
async function findSegment(source: Source): Promise<Span> {
  for await (const element of elementsIn(source, { start: 0, end: source.size })) {
    if (element.id === SEGMENT) return { start: element.content, end: element.end ?? source.size };
    if (element.id === EBML && element.end === null) throw damaged();
  }
  throw new Unreadable('The file ends after its header: it was cut off.');
}

interface Segment {
  readonly tracks: readonly Track[];
  readonly info: Info;
  /** Where the first cluster begins: in clusters is what is to be seen and heard. */
  readonly cluster: number;
}

/** Looks on until media data is seen as well: a header alone is no video. */
async function readSegment(source: Source, segment: Span): Promise<Segment> {
  const heads = new Map<number, Element>();
  const seeks = new Map<number, number>();
  let cluster: number | null = null;
  let at = segment.start;
  for await (const element of elementsIn(source, segment)) {
    if (element.id === INFO || element.id === TRACKS) heads.set(element.id, heads.get(element.id) ?? element);
    else if (element.id === SEEK_HEAD) await readSeekHead(source, element, seeks);
    else if (element.id === CLUSTER && cluster === null) {
      cluster = at;
      // Whoever writes the tracks after the clusters says in front where they are.
      for (const [id, position] of seeks) if (!heads.has(id)) await follow(source, segment, id, position, heads);
    }
    // A recording may do without information: without tracks there is nothing to see.
    if (cluster !== null && heads.has(TRACKS)) break;
    at = element.end ?? element.content;
  }
  const tracks = heads.get(TRACKS);
  if (tracks === undefined) throw new Unreadable('The file does not say what is in it: the recording was not finished or is cut off.');
  if (cluster === null) throw new Unreadable('The file has a header, but no video data: it is cut off.');
  return { tracks: await readTracks(source, tracks), info: await readInfo(source, heads.get(INFO)), cluster };
}

/** Notes where the information and the tracks are, counted from the segment's content. */
async function readSeekHead(source: Source, seekHead: Element, seeks: Map<number, number>): Promise<void> {
  for await (const seek of childrenOf(source, seekHead)) {
    if (seek.id !== 0x4dbb) continue;
    let id = 0;
    let position = 0;
    for await (const element of childrenOf(source, seek)) {
      if (element.id === 0x53ab) id = await unsigned(source, element);
      else if (element.id === 0x53ac) position = await unsigned(source, element);
    }
    if (id === INFO || id === TRACKS) seeks.set(id, position);
  }
}

/** What is not where it should be is looked for in order. */
async function follow(source: Source, segment: Span, id: number, position: number, heads: Map<number, Element>): Promise<void> {
  const at = segment.start + position;
  if (at >= segment.end) return;
  const element = await elementAt(source, at, segment.end);
  if (element.id === id && element.end !== null && element.end <= segment.end) heads.set(id, element);
}

interface Info {
  /** Nanoseconds a tick. */
  readonly scale: number;
  /** Ticks; 0: unknown. */
  readonly duration: number;
}

async function readInfo(source: Source, element: Element | undefined): Promise<Info> {
  // The scale that holds where none is stated.
  const info = { scale: 1_000_000, duration: 0 };
  if (element === undefined) return info;
  for await (const child of childrenOf(source, element)) {
    if (child.id === 0x2ad7b1) info.scale = await unsigned(source, child);
    else if (child.id === 0x4489) info.duration = await float(source, child);
  }
  return info;
}

function first(tracks: readonly Track[], type: Track['type']): Track | undefined {
  const those = tracks.filter((track) => track.type === type);
  return those.find((track) => track.enabled) ?? those[0];
}

async function played(source: Source, clusters: Span): Promise<number | null> {
  try {
    return await lastMoment(source, clusters);
  } catch (error) {
    if (error instanceof TooScattered) return null;
    throw error;
  }
}
