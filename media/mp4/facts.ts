import type { VideoFacts } from '../../core/model.ts';
import { videoFacts } from '../facts.ts';
import { TooScattered, Unreadable, type Source } from '../source.ts';
import { topLevelBoxes, type Box } from './boxes.ts';
import { sumFragments } from './fragments.ts';
import { readMovie, type Movie, type Track } from './movie.ts';

/**
 * The facts of an MP4 or QuickTime file, fragmented or not, with the movie header in front or at the end. Null: a video, but
 * how long it is would take too many reads to find out. Throws `Unreadable` for what cannot be published.
 */
export async function movieFacts(source: Source, container: string): Promise<VideoFacts | null> {
  const moov = await findMovie(source);
  const movie = await readMovie(source, moov);
  const video = first(movie.tracks, 'vide');
  if (video === undefined) throw withoutVideo(movie);
  if (video.entry?.codec === 'encv') throw new Unreadable('The video is encrypted (DRM) and cannot be published.');
  const played = await measure(source, moov, movie, video);
  if (played === null) return null;

  if (played.samples === 0) throw new Unreadable('The video has no frames.');
  return videoFacts({
    container,
    duration: played.seconds,
    width: video.width || (video.entry?.width ?? 0),
    height: video.height || (video.entry?.height ?? 0),
    videoCodec: video.entry?.codec ?? null,
    audioCodec: first(movie.tracks, 'soun')?.entry?.codec ?? null,
    frameRate: played.frameRate,
  });
}

/** Looks on until media data is seen as well: a header alone is no video, and media that is cut off shows only there. */
async function findMovie(source: Source): Promise<Box> {
  let moov: Box | null = null;
  let media = false;
  for await (const box of topLevelBoxes(source)) {
    if (box.type === 'moov') moov ??= box;
    else if (box.type === 'mdat' || box.type === 'moof') media = true;
    if (moov !== null && media) return moov;
  }
  if (moov === null) throw new Unreadable('The file has no movie header (moov): the recording was not finished or is cut off.');
  throw new Unreadable('The file has a movie header, but no video data: it is cut off.');
}

/** Chapters and covers are video tracks too, but disabled ones: the first enabled track of a kind, or the first at all. */
function first(tracks: readonly Track[], handler: string): Track | undefined {
  const those = tracks.filter((track) => track.handler === handler);
  return those.find((track) => track.enabled) ?? those[0];
}

function withoutVideo(movie: Movie): Unreadable {
  if (first(movie.tracks, 'soun') === undefined) return new Unreadable('The file has no video track.');
  return new Unreadable('The file holds sound only, no video track.', 'audio/mp4');
}

interface Measured {
  readonly seconds: number;
  readonly samples: number;
  readonly frameRate: number;
}

async function measure(source: Source, moov: Box, movie: Movie, video: Track): Promise<Measured | null> {
  const own = seconds(video.duration, video.timescale);
  if (movie.fragments === null) {
    const frameRate = own === 0 ? 0 : video.samples / own;
    return { seconds: seconds(movie.duration, movie.timescale) || own, samples: video.samples, frameRate };
  }

  // Where the header tells the whole duration, one fragment is enough to know the frame rate.
  const told = seconds(movie.fragments.duration, movie.timescale);
  try {
    const rest = await sumFragments(source, moov.end, video, movie.fragments, told > 0 ? 1 : Number.POSITIVE_INFINITY);
    const sampled = own + seconds(rest.sampled, video.timescale);
    const samples = video.samples + rest.samples;
    return { seconds: told || own + seconds(rest.duration, video.timescale), samples, frameRate: sampled === 0 ? 0 : samples / sampled };
  } catch (error) {
    if (error instanceof TooScattered) return null;
    throw error;
  }
}

function seconds(duration: number, timescale: number): number {
  return timescale === 0 ? 0 : duration / timescale;
}
