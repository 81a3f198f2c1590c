import { timestamp } from '../../../core/clock.ts';
import { assembleMedia, completeMedia as complete, type CompletedMedia } from '../../../core/media/complete.ts';
import type { UploadPorts } from '../../../core/uploads/ports.ts';
import { answer, endpoint } from '../../common/endpoint.ts';
import { EffectTakenBack } from '../../common/once.ts';
import { completeMediaRoute } from './routes/uploads-write.ts';
import { storedMediaView } from './views.ts';

export const completeMedia = endpoint(completeMediaRoute, {
  handle: async (ports: UploadPorts, { caller, body, once }) => {
    const commitFor = (mediaId: string) => once.commit({ status: 200, ids: { mediaId } });
    const completed = await complete(ports, caller.tenantId, body, commitFor);
    // Where an earlier request had completed the session, this one wrote nothing, but its outcome is the same media.
    commitFor(completed.media.mediaId);
    return completedAnswer(ports, completed);
  },
  replay: async (ports, _call, { ids }) => {
    const media = await ports.store.getMedia(ids['mediaId'] ?? '');
    if (media === null) throw new EffectTakenBack('The media was taken back.');
    return completedAnswer(ports, await assembleMedia(ports, media));
  },
});

function completedAnswer({ clock }: Pick<UploadPorts, 'clock'>, { media, assembled }: CompletedMedia) {
  return answer(assembled ? 200 : 202, storedMediaView(media, timestamp(clock.now())));
}
