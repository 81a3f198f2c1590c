import { photo, video } from '../support/files.ts';
import {
  access,
  deleteSession,
  facet,
  film,
  forBlobs,
  images,
  keptCid,
  KEY,
  keysIn,
  list,
  nextId,
  notes,
  POST,
  put,
  read,
  record,
  refresh,
  service,
  session,
  soon,
  tokenFacts,
  UNKNOWN_BLOB,
  upload,
  write,
} from './calls.ts';
import { ask, at, call, claimsOf, textAt, told, type Server } from './server.ts';

/** What a server of Bluesky accounts is asked, in this order: each fact is what a client can tell of the answer. */
export interface Fact {
  readonly name: string;
  readonly ask: (server: Server) => Promise<unknown>;
}

export const facts: readonly Fact[] = [
  { name: 'describeServer', ask: async (server) => told(await call(server, 'GET', 'com.atproto.server.describeServer')) },
  { name: 'resolveHandle', ask: async (server) => told(await call(server, 'GET', 'com.atproto.identity.resolveHandle', { query: { handle: server.handle } })) },
  { name: 'resolveHandle: nobody has it', ask: async (server) => told(await call(server, 'GET', 'com.atproto.identity.resolveHandle', { query: { handle: `nobody.${server.handle}` } })) },
  { name: 'resolveHandle: no handle', ask: async (server) => told(await call(server, 'GET', 'com.atproto.identity.resolveHandle', { query: { handle: 'not a handle' } })) },

  {
    name: 'createSession',
    ask: async (server) => {
      const answer = await session(server, { identifier: server.handle, password: server.appPassword });
      server.kept.set('access', textAt(answer.body, 'accessJwt')).set('refresh', textAt(answer.body, 'refreshJwt'));
      return told(answer);
    },
  },
  { name: 'createSession: by DID', ask: async (server) => told(await session(server, { identifier: server.did, password: server.appPassword })) },
  { name: 'createSession: wrong password', ask: async (server) => told(await session(server, { identifier: server.handle, password: 'no' })) },
  { name: 'createSession: nobody', ask: async (server) => told(await session(server, { identifier: 'nobody.test', password: 'no' })) },
  { name: 'createSession: no password', ask: async (server) => told(await session(server, { identifier: server.handle })) },
  { name: 'createSession: no JSON', ask: async (server) => told(await call(server, 'POST', 'com.atproto.server.createSession', { body: 'hello', type: 'text/plain' })) },
  { name: 'createSession: broken JSON', ask: async (server) => told(await call(server, 'POST', 'com.atproto.server.createSession', { body: '{', type: 'application/json' })) },
  { name: 'the access token', ask: async (server) => tokenFacts(access(server), server) },
  { name: 'the refresh token', ask: async (server) => tokenFacts(String(server.kept.get('refresh')), server) },
  { name: 'getSession', ask: async (server) => told(await call(server, 'GET', 'com.atproto.server.getSession', { token: access(server) })) },
  { name: 'getSession: no token', ask: async (server) => told(await call(server, 'GET', 'com.atproto.server.getSession')) },
  { name: 'getSession: no such token', ask: async (server) => told(await call(server, 'GET', 'com.atproto.server.getSession', { token: 'abc' })) },
  { name: 'getSession: with the refresh token', ask: async (server) => told(await call(server, 'GET', 'com.atproto.server.getSession', { token: String(server.kept.get('refresh')) })) },
  {
    name: 'refreshSession, and the same token again',
    ask: async (server) => {
      const token = String(server.kept.get('refresh'));
      const [first, again] = [await refresh(server, token), await refresh(server, token)];
      server.kept.set('access', textAt(first.body, 'accessJwt')).set('refresh', textAt(first.body, 'refreshJwt'));
      return [told(first), told(again, { sameNext: nextId(first) === nextId(again), another: nextId(first) !== at(claimsOf(token).claims, 'jti') })];
    },
  },
  {
    name: 'refreshSession: three at once',
    ask: async (server) => {
      const token = String(server.kept.get('refresh'));
      const answers = await Promise.all([refresh(server, token), refresh(server, token), refresh(server, token)]);
      const next = new Set(answers.map(nextId));
      return { statuses: answers.map(({ status }) => status), different: next.size };
    },
  },
  { name: 'refreshSession: with the access token', ask: async (server) => told(await refresh(server, access(server))) },
  { name: 'refreshSession: no such token', ask: async (server) => told(await refresh(server, 'abc')) },
  { name: 'refreshSession: no token', ask: async (server) => told(await call(server, 'POST', 'com.atproto.server.refreshSession')) },
  { name: 'refreshSession: with a body', ask: async (server) => told(await refresh(server, String(server.kept.get('refresh')), { input: {} })) },
  {
    name: 'createSession: with the password of the account itself',
    ask: async (server) => {
      const answer = await session(server, { identifier: server.did, password: server.mainPassword });
      server.kept.set('main access', textAt(answer.body, 'accessJwt')).set('main refresh', textAt(answer.body, 'refreshJwt'));
      return told(answer, { token: tokenFacts(textAt(answer.body, 'accessJwt'), server) });
    },
  },
  { name: 'deleteSession: with the access token', ask: async (server) => told(await deleteSession(server, String(server.kept.get('main access')))) },
  { name: 'deleteSession: with a body', ask: async (server) => told(await deleteSession(server, String(server.kept.get('main refresh')), { input: {} })) },
  { name: 'deleteSession: no such token', ask: async (server) => told(await deleteSession(server, 'abc')) },
  { name: 'deleteSession: no token', ask: async (server) => told(await call(server, 'POST', 'com.atproto.server.deleteSession')) },
  {
    name: 'deleteSession, and what is left of the session',
    ask: async (server) => {
      const [main, token] = [String(server.kept.get('main access')), String(server.kept.get('main refresh'))];
      const [first, again] = [await deleteSession(server, token), await deleteSession(server, token)];
      const read = await call(server, 'GET', 'com.atproto.server.getSession', { token: main });
      return [told(first), told(again), told(await refresh(server, token)), told(read)];
    },
  },

  {
    name: 'uploadBlob: a photo',
    ask: async (server) => {
      const answer = await upload(server, photo.bytes, 'image/jpeg');
      server.kept.set('photo', at(answer.body, 'blob'));
      return told(answer, { type: at(answer.body, 'blob', 'mimeType'), cid: at(answer.body, 'blob', 'ref', '$link'), size: at(answer.body, 'blob', 'size') });
    },
  },
  { name: 'uploadBlob: the same again, said to be another type', ask: async (server) => at((await upload(server, photo.bytes, 'image/png')).body, 'blob') },
  {
    name: 'uploadBlob: a video',
    ask: async (server) => {
      const answer = await upload(server, video.bytes, 'video/mp4');
      server.kept.set('video', at(answer.body, 'blob'));
      return at(answer.body, 'blob');
    },
  },
  { name: 'uploadBlob: what no signature tells has the type that is said', ask: async (server) => at((await upload(server, notes, 'application/x-subrip')).body, 'blob') },
  {
    name: 'uploadBlob: said to be another type',
    ask: async (server) => {
      const { body } = await upload(server, notes, 'text/vtt');
      server.kept.set('notes', at(body, 'blob'));
      return at(body, 'blob');
    },
  },
  { name: 'uploadBlob: no type', ask: async (server) => told(await upload(server, photo.bytes)) },
  { name: 'uploadBlob: no token', ask: async (server) => told(await call(server, 'POST', 'com.atproto.repo.uploadBlob', { body: photo.bytes, type: 'image/jpeg' })) },
  { name: 'uploadBlob: nothing', ask: async (server) => told(await upload(server, new Uint8Array(), 'image/jpeg')) },

  { name: 'putRecord', ask: async (server) => told(await keptCid(server, 'cid', KEY.text)) },
  {
    name: 'putRecord: the same again',
    ask: async (server) => {
      const answer = await put(server, KEY.text);
      return told(answer, { same: at(answer.body, 'cid') === server.kept.get('cid') });
    },
  },
  {
    name: 'putRecord: other words under the same key',
    ask: async (server) => {
      const old = server.kept.get('cid');
      const answer = await keptCid(server, 'cid', KEY.text, { text: 'Other' });
      server.kept.set('stale', old);
      return told(answer, { same: at(answer.body, 'cid') === old });
    },
  },
  { name: 'putRecord: only if there is none, but there is', ask: async (server) => told(await put(server, KEY.text, { text: 'Third' }, { swapRecord: null })) },
  { name: 'putRecord: only if there is none, and the same is there', ask: async (server) => told(await put(server, KEY.text, { text: 'Other' }, { swapRecord: null })) },
  { name: 'putRecord: only if it is the one before', ask: async (server) => told(await put(server, KEY.text, { text: 'Third' }, { swapRecord: server.kept.get('stale') })) },
  { name: 'putRecord: only if it is the one that is there', ask: async (server) => told(await keptCid(server, 'cid', KEY.text, { text: 'Third' }, { swapRecord: server.kept.get('cid') })) },
  { name: 'putRecord: with a photo, by handle', ask: async (server) => told(await put(server, KEY.photo, { embed: images(server.kept.get('photo')) }, { repo: server.handle })) },
  { name: 'putRecord: with a video', ask: async (server) => told(await put(server, KEY.video, { embed: film(server.kept.get('video')) })) },
  { name: 'putRecord: with a link', ask: async (server) => told(await put(server, KEY.card, { embed: { $type: 'app.bsky.embed.external', external: { uri: 'https://example.com', title: 'A page', description: '' } } })) },
  { name: 'putRecord: with languages and a label', ask: async (server) => told(await put(server, KEY.card, { langs: ['en', 'de'], labels: { $type: 'com.atproto.label.defs#selfLabels', values: [{ val: 'graphic-media' }] } })) },
  { name: 'putRecord: a key with a space', ask: async (server) => told(await put(server, 'a b')) },
  { name: 'putRecord: a key that is no TID', ask: async (server) => told(await put(server, 'hello')) },
  { name: 'putRecord: no key', ask: async (server) => told(await write(server, 'putRecord', { record: record() })) },
  { name: 'putRecord: no record', ask: async (server) => told(await write(server, 'putRecord', { rkey: KEY.card })) },
  {
    name: 'putRecord: the type that a later upload was answered with',
    ask: async (server) => told(await put(server, KEY.card, { embed: film(server.kept.get('video'), { captions: [{ lang: 'en', file: server.kept.get('notes') }] }) })),
  },
  { name: 'putRecord: a file that nobody uploaded', ask: async (server) => told(await put(server, KEY.card, { embed: images(UNKNOWN_BLOB) })) },
  {
    name: 'putRecord: a wrong type of a file',
    ask: async (server) => {
      const { body } = await upload(server, Buffer.concat([photo.bytes, Buffer.from('another')]), 'image/jpeg');
      return told(await put(server, KEY.card, { embed: images({ ...Object(at(body, 'blob')), mimeType: 'image/png' }) }));
    },
  },
  {
    name: 'putRecord: a wrong size of a file',
    ask: async (server) => {
      const { body } = await upload(server, Buffer.concat([photo.bytes, Buffer.from('another')]), 'image/jpeg');
      return told(await put(server, KEY.card, { embed: images({ ...Object(at(body, 'blob')), size: 5 }) }));
    },
  },
  { name: 'putRecord: a wrong size of a file that is in use', ask: async (server) => told(await put(server, KEY.photo, { embed: images({ ...Object(server.kept.get('photo')), size: 5 }) })) },
  { name: 'putRecord: a video in place of a photo', ask: async (server) => told(await put(server, KEY.card, { embed: images(server.kept.get('video')) })) },
  { name: 'putRecord: five photos', ask: async (server) => told(await put(server, KEY.card, { embed: images(...Array.from({ length: 5 }, () => server.kept.get('photo'))) })) },
  { name: 'putRecord: sides that are no whole numbers', ask: async (server) => told(await put(server, KEY.card, { embed: film(server.kept.get('video'), { aspectRatio: { width: 0, height: 1 } }) })) },
  { name: 'putRecord: a field that nobody knows', ask: async (server) => told(await put(server, KEY.card, { somewhere: 'else' })) },
  { name: 'putRecord: 300 graphemes', ask: async (server) => told(await put(server, KEY.card, { text: '🏔'.repeat(300) })) },
  { name: 'putRecord: 301 graphemes', ask: async (server) => told(await put(server, KEY.card, { text: 'x'.repeat(301) })) },
  { name: 'putRecord: 3,001 bytes', ask: async (server) => told(await put(server, KEY.card, { text: '👨‍👩‍👧‍👦'.repeat(121) })) },
  { name: 'putRecord: no text', ask: async (server) => told(await put(server, KEY.card, { text: undefined })) },
  { name: 'putRecord: no time', ask: async (server) => told(await put(server, KEY.card, { createdAt: undefined })) },
  { name: 'putRecord: a time that is none', ask: async (server) => told(await put(server, KEY.card, { createdAt: 'yesterday' })) },
  { name: 'putRecord: another type in the record', ask: async (server) => told(await put(server, KEY.card, { $type: 'app.bsky.feed.like' })) },
  { name: 'putRecord: four languages', ask: async (server) => told(await put(server, KEY.card, { langs: ['en', 'de', 'fr', 'it'] })) },
  { name: 'putRecord: a place behind the end of the text', ask: async (server) => told(await put(server, KEY.card, { facets: [facet(0, 99)] })) },
  { name: 'putRecord: a place before the text', ask: async (server) => told(await put(server, KEY.card, { facets: [facet(-1, 2)] })) },
  { name: "putRecord: into another's repository", ask: async (server) => told(await put(server, KEY.card, {}, { repo: server.other.did })) },
  { name: 'putRecord: into no repository', ask: async (server) => told(await put(server, KEY.card, {}, { repo: 'did:plc:aaaaaaaaaaaaaaaaaaaaaaaa' })) },
  { name: 'putRecord: no token', ask: async (server) => told(await call(server, 'POST', 'com.atproto.repo.putRecord', { input: { repo: server.did, collection: POST, rkey: KEY.card, record: record() } })) },
  { name: 'putRecord: no such token', ask: async (server) => told(await write(server, 'putRecord', { rkey: KEY.card, record: record() }, 'abc')) },
  { name: 'putRecord: asked for', ask: async (server) => told(await call(server, 'GET', 'com.atproto.repo.putRecord', { token: access(server) })) },

  { name: 'createRecord', ask: async (server) => told(await write(server, 'createRecord', { rkey: KEY.made, record: record() })) },
  { name: 'createRecord: the key is taken', ask: async (server) => told(await write(server, 'createRecord', { rkey: KEY.made, record: record({ text: 'Second' }) })) },
  {
    name: 'createRecord: the server finds a key',
    ask: async (server) => {
      const answer = await write(server, 'createRecord', { record: record() });
      const rkey = textAt(answer.body, 'uri').split('/').at(-1);
      await write(server, 'deleteRecord', { rkey });
      return told(answer, { tid: /^[234567abcdefghij][2-7a-z]{12}$/u.test(rkey ?? '') });
    },
  },

  { name: 'getRecord', ask: async (server) => told(await read(server)) },
  { name: 'getRecord: with a photo', ask: async (server) => at((await read(server, { rkey: KEY.photo })).body, 'value') },
  { name: 'getRecord: by handle', ask: async (server) => told(await read(server, { repo: server.handle })) },
  { name: 'getRecord: there is none', ask: async (server) => told(await read(server, { rkey: KEY.absent })) },
  { name: 'getRecord: not this one', ask: async (server) => told(await read(server, { cid: String(server.kept.get('stale')) })) },
  { name: 'getRecord: of nobody', ask: async (server) => told(await read(server, { repo: 'nobody.test' })) },
  { name: 'getRecord: no key', ask: async (server) => told(await call(server, 'GET', 'com.atproto.repo.getRecord', { query: { repo: server.did, collection: POST } })) },
  { name: 'listRecords', ask: async (server) => told(await list(server), { keys: keysIn((await list(server)).body) }) },
  {
    name: 'listRecords: page by page',
    ask: async (server) => {
      const first = await list(server, { limit: '2' });
      const second = await list(server, { limit: '2', cursor: textAt(first.body, 'cursor') });
      return { first: keysIn(first.body), cursor: at(first.body, 'cursor'), second: keysIn(second.body) };
    },
  },
  { name: 'listRecords: from the oldest on', ask: async (server) => keysIn((await list(server, { reverse: 'true' })).body) },
  { name: 'listRecords: none of them', ask: async (server) => told(await list(server, { limit: '0' })) },
  { name: 'listRecords: of nobody', ask: async (server) => told(await list(server, { repo: 'nobody.test' })) },

  {
    name: 'getServiceAuth',
    ask: async (server) => {
      const answer = await service(server, { ...forBlobs, aud: `did:web:${new URL(server.pdsUrl).hostname}`, exp: soon(1800) });
      server.kept.set('service', textAt(answer.body, 'token'));
      return told(answer, { claims: Object.keys(Object(claimsOf(textAt(answer.body, 'token')).claims)).toSorted() });
    },
  },
  { name: 'getServiceAuth: two hours ahead', ask: async (server) => told(await service(server, { ...forBlobs, exp: soon(7200) })) },
  { name: 'getServiceAuth: in the past', ask: async (server) => told(await service(server, { ...forBlobs, exp: soon(-60) })) },
  { name: 'getServiceAuth: for any call, half an hour', ask: async (server) => told(await service(server, { aud: forBlobs.aud, exp: soon(1800) })) },
  { name: 'getServiceAuth: for nobody', ask: async (server) => told(await service(server, { lxm: forBlobs.lxm })) },
  { name: 'getServiceAuth: for what is no DID', ask: async (server) => told(await service(server, { ...forBlobs, aud: 'localhost' })) },
  { name: 'getServiceAuth: no token', ask: async (server) => told(await service(server, forBlobs, null)) },
  { name: 'uploadBlob: with a token for this call', ask: async (server) => at((await upload(server, photo.bytes, 'image/jpeg', String(server.kept.get('service')))).body, 'blob') },
  { name: 'putRecord: with a token for another call', ask: async (server) => told(await write(server, 'putRecord', { rkey: KEY.card, record: record() }, String(server.kept.get('service')))) },
  {
    name: 'uploadBlob: with a token for another service',
    ask: async (server) => {
      const { body } = await service(server, { ...forBlobs, aud: 'did:web:elsewhere.example' });
      return told(await upload(server, photo.bytes, 'image/jpeg', textAt(body, 'token')));
    },
  },

  { name: 'deleteRecord', ask: async (server) => told(await write(server, 'deleteRecord', { rkey: KEY.made })) },
  { name: 'deleteRecord: again', ask: async (server) => told(await write(server, 'deleteRecord', { rkey: KEY.made })) },
  { name: "deleteRecord: of another's", ask: async (server) => told(await write(server, 'deleteRecord', { repo: server.other.did, rkey: KEY.text })) },
  { name: 'getRecord: deleted', ask: async (server) => told(await read(server, { rkey: KEY.made })) },

  { name: 'no such method', ask: async (server) => told(await call(server, 'GET', 'no.such.method', { token: access(server) })) },
  { name: 'the video service is elsewhere', ask: async (server) => told(await call(server, 'GET', 'app.bsky.video.getUploadLimits', { token: access(server) })) },
  {
    name: 'the DID document',
    ask: async (server) => {
      const answer = await ask(`${server.plcUrl}/${server.did}`, 'GET');
      return { status: answer.status, services: at(at(answer.body, 'service'), '0', 'id'), id: at(answer.body, 'id') === server.did, endpoint: at(at(answer.body, 'service'), '0', 'serviceEndpoint') === server.pdsUrl };
    },
  },
  { name: 'the DID document: of nobody', ask: async (server) => (await ask(`${server.plcUrl}/did:plc:aaaaaaaaaaaaaaaaaaaaaaaa`, 'GET')).status },
  {
    name: 'createSession: too often',
    ask: async (server) => {
      let answer = await session(server, { identifier: 'somebody-else.test', password: 'no' });
      for (let n = 0; n < 40 && answer.status !== 429; n += 1) answer = await session(server, { identifier: 'somebody-else.test', password: 'no' });
      return told(answer);
    },
  },
];
