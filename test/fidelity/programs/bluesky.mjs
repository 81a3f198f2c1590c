/** Bluesky's own client signs in with an app password and posts a text, a photo or a video, which its server stores itself. */
import { readFileSync, writeFileSync } from 'node:fs';
import { AtpAgent, RichText } from '@atproto/api';

const given = JSON.parse(readFileSync(process.argv[2], 'utf8'));
// It knows servers that are a whole host only.
const moved = (input, init) => {
  const { origin, pathname, search } = new URL(input instanceof Request ? input.url : input);
  const url = `${origin}${new URL(given.url).pathname}/pds${pathname}${search}`;
  return fetch(input instanceof Request ? new Request(url, input) : url, init);
};
const agent = new AtpAgent({ service: given.url, fetch: moved });
await agent.login({ identifier: given.account.name, password: given.password });

async function embedOf(kind) {
  if (kind === 'text') return undefined;
  const [file, encoding] = kind === 'video' ? [given.video, 'video/mp4'] : [given.photo, 'image/jpeg'];
  const { data } = await agent.uploadBlob(readFileSync(file), { encoding });
  if (kind === 'photos') return { $type: 'app.bsky.embed.images', images: [{ image: data.blob, alt: 'A photo', aspectRatio: { width: 4, height: 5 } }] };
  return { $type: 'app.bsky.embed.video', video: data.blob, alt: 'A video', aspectRatio: { width: 9, height: 16 } };
}

const text = new RichText({ text: given.text });
text.detectFacetsWithoutResolution();
const embed = await embedOf(given.kind);
const record = { text: text.text, ...(text.facets !== undefined && { facets: text.facets }), ...(embed !== undefined && { embed }), createdAt: new Date().toISOString() };
const { uri } = await agent.post(record);
writeFileSync(process.argv[3], JSON.stringify({ id: uri }));
