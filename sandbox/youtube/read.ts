import { json } from '../http.ts';
import type { Answer, Call } from '../stand-in.ts';
import { SCOPES, type Accounts, type Channel } from './accounts.ts';
import { refuse } from './errors.ts';
import { parseNumber, parseParts, requireKnown } from './parameters.ts';
import type { Quota } from './quota.ts';
import { page, resource, VIDEO_PARTS, withEtag } from './resource.ts';
import type { Video, Videos } from './videos.ts';

const READING = [SCOPES.readonly, SCOPES.full, SCOPES.forceSsl];

/** Ids that one call may name. */
const IDS_MAX = 50;

export interface Reading {
  readonly accounts: Accounts;
  readonly videos: Videos;
  readonly quota: Quota;
}

/** `GET /youtube/v3/videos?part=&id=`. */
export function listVideos({ accounts, videos, quota }: Reading, call: Call): Answer {
  const channel = accounts.authorise(call, READING);
  requireKnown(call.query, ['part', 'id', 'alt', 'prettyPrint']);
  const parts = parseParts(call.query, VIDEO_PARTS);
  const ids = call.query.get('id')?.split(',') ?? [];
  if (ids.length === 0) throw refuse(400, 'missingRequiredParameter', 'No filter: id is missing.', 'youtube.parameter');
  if (ids.length > IDS_MAX || ids.includes('')) throw refuse(400, 'invalidFilters', 'id holds 1 to 50 ids.', 'youtube.parameter');
  quota.spend();
  const found = ids.map((id) => videos.get(id)).filter((video) => video !== undefined);
  const shown = found.filter((video) => isShownTo(channel, video, videos));
  if (parts.includes('processingDetails') && shown.some((video) => video.channelId !== channel.channelId)) {
    throw refuse(403, 'forbidden', 'Only the owner of a video sees how its processing goes.');
  }
  return json(
    200,
    page(
      'youtube#videoListResponse',
      shown.map((video) => resource(video, parts, videos)),
      { total: shown.length, perPage: shown.length },
    ),
  );
}

/** `GET /youtube/v3/channels?part=&mine=true`. */
export function listChannels({ accounts, videos, quota }: Reading, call: Call): Answer {
  const channel = accounts.channelOf(call, READING);
  requireKnown(call.query, ['part', 'mine', 'maxResults', 'alt', 'prettyPrint']);
  const parts = parseParts(call.query, ['id', 'snippet', 'statistics', 'contentDetails', 'status']);
  if (call.query.get('mine') !== 'true') {
    throw refuse(400, 'missingRequiredParameter', 'No filter: mine=true is the one known here.', 'youtube.parameter');
  }
  parseNumber(call.query, 'maxResults', { min: 0, max: 50, otherwise: 5 });
  quota.spend();
  if (channel === null) return json(200, page('youtube#channelListResponse', [], { total: 0, perPage: 5 }));
  const handle = `@${channel.title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '') || 'channel'}`;
  const all: Readonly<Record<string, unknown>> = {
    snippet: {
      title: channel.title,
      description: '',
      customUrl: handle,
      publishedAt: channel.createdAt.toISOString(),
      thumbnails: { default: { url: `https://yt3.ggpht.com/${channel.channelId}=s88`, width: 88, height: 88 } },
    },
    contentDetails: { relatedPlaylists: { likes: '', uploads: uploadsPlaylist(channel.channelId) } },
    status: { privacyStatus: 'public', isLinked: true, longUploadsStatus: accounts.isVerified(channel) ? 'allowed' : 'eligible' },
    statistics: {
      viewCount: '0',
      subscriberCount: '0',
      hiddenSubscriberCount: false,
      videoCount: String(videos.of(channel.channelId).length),
    },
  };
  const shown = Object.fromEntries(parts.filter((part) => part in all).map((part) => [part, all[part]]));
  const item = withEtag({ kind: 'youtube#channel', id: channel.channelId, ...shown });
  return json(200, page('youtube#channelListResponse', [item], { total: 1, perPage: 5 }));
}

/** `GET /youtube/v3/playlistItems?part=&playlistId=UU…`: the uploads of a channel, newest first. */
export function listPlaylistItems({ accounts, videos, quota }: Reading, call: Call): Answer {
  const channel = accounts.authorise(call, READING);
  requireKnown(call.query, ['part', 'playlistId', 'maxResults', 'pageToken', 'alt', 'prettyPrint']);
  const parts = parseParts(call.query, ['id', 'snippet', 'contentDetails', 'status']);
  const playlistId = call.query.get('playlistId');
  if (playlistId === null || playlistId === '') {
    throw refuse(400, 'missingRequiredParameter', 'No filter: playlistId is missing.', 'youtube.parameter');
  }
  const perPage = parseNumber(call.query, 'maxResults', { min: 0, max: 50, otherwise: 5 });
  quota.spend();
  const owner = playlistId.startsWith('UU') ? accounts.channel(`UC${playlistId.slice(2)}`) : undefined;
  if (owner === undefined) throw refuse(404, 'playlistNotFound', 'There is no such playlist.', 'youtube.playlistItem');

  const items = videos.of(owner.channelId).filter((video) => isShownTo(channel, video, videos));
  return pageOf('youtube#playlistItemListResponse', items, { call, perPage }, (video, position) => playlistItem(video, { playlistId, owner, position, parts, videos }));
}

/** The page of a list that `pageToken` asks for; `show` is told where in the list an item stands. */
export function pageOf<Item>(kind: string, items: readonly Item[], { call, perPage }: { call: Call; perPage: number }, show: (item: Item, position: number) => unknown): Answer {
  const start = parsePageToken(call.query.get('pageToken'));
  const end = start + perPage;
  const shown = items.slice(start, end).map((item, index) => show(item, start + index));
  const nextPageToken = end < items.length ? Buffer.from(`from:${end}`).toString('base64url') : undefined;
  return json(200, page(kind, shown, { total: items.length, perPage, ...(nextPageToken !== undefined && { nextPageToken }) }));
}

function playlistItem(
  video: Video,
  at: { playlistId: string; owner: Channel; position: number; parts: readonly string[]; videos: Videos },
): Record<string, unknown> {
  const publishedAt = video.createdAt.toISOString();
  const all: Readonly<Record<string, unknown>> = {
    snippet: {
      publishedAt,
      channelId: at.owner.channelId,
      title: video.metadata.title,
      description: video.metadata.description,
      channelTitle: at.owner.title,
      playlistId: at.playlistId,
      position: at.position,
      resourceId: { kind: 'youtube#video', videoId: video.id },
    },
    contentDetails: { videoId: video.id, videoPublishedAt: publishedAt },
    status: { privacyStatus: at.videos.privacy(video) },
  };
  const shown = Object.fromEntries(at.parts.filter((part) => part in all).map((part) => [part, all[part]]));
  const id = Buffer.from(`${at.playlistId}.${video.id}`).toString('base64url');
  return withEtag({ kind: 'youtube#playlistItem', id, ...shown });
}

function parsePageToken(token: string | null): number {
  if (token === null) return 0;
  const match = /^from:(\d+)$/.exec(Buffer.from(token, 'base64url').toString('latin1'));
  if (match === null) throw refuse(400, 'invalidPageToken', 'The page token is not one of ours.', 'youtube.parameter');
  return Number(match[1]);
}

function isShownTo(channel: Channel, video: Video, videos: Videos): boolean {
  return video.channelId === channel.channelId || (video.playable && videos.privacy(video) !== 'private');
}

function uploadsPlaylist(channelId: string): string {
  return `UU${channelId.slice(2)}`;
}
