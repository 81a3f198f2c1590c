import { createHash } from 'node:crypto';
import { formFields, json, mediaType, oddParameter } from '../http.ts';
import { multipartParts } from '../multipart.ts';
import { randomText } from '../random.ts';
import type { Answer, Call, World } from '../stand-in.ts';
import type { Account, Accounts } from './accounts.ts';
import { refuse, refuseXml } from './errors.ts';
import { isUsable, SIZE_MAX } from './files.ts';

/** A file, or a place for one. Nobody sees it before a post names it. */
export interface Asset {
  readonly id: string;
  readonly account: Account;
  readonly type: string;
  /** What its upload has to bring, each exactly so. */
  readonly fields: Readonly<Record<string, string>>;
  /** By which a post names it, without a scheme. */
  readonly address: string;
  /** Milliseconds of the epoch until which it can be sent. */
  readonly endsAt: number;
  /** In lower-case hex; null: the file has not come. */
  sha256: string | null;
  usable: boolean;
}

export interface Assets {
  /** `POST /api/media/asset.json`. */
  create(call: Call): Answer;
  /** The form with the file, to the store. */
  upload(call: Call): Answer;
  /** A file of this account that has come, by what a post names it by. */
  find(account: Account, by: { readonly url: string } | { readonly id: string }): Asset | null;
  clear(): void;
}

/** Seconds for which a file may be sent. How long the real permission lasts is not known. */
const LIFE = 3600;

export function createAssets(world: World, accounts: Accounts): Assets {
  const assets = new Map<string, Asset>();
  const now = () => world.clock.now().getTime();
  const store = `${world.baseUrl}/uploads`;
  // Reddit leaves the scheme out, and means https; here it is that of the sandbox, or what the client puts there.
  const action = withoutScheme(store);

  return {
    create(call) {
      const account = accounts.authorise(call, 'submit');
      const form = formFields(call);
      const type = form.get('mimetype') ?? '';
      const filePath = form.get('filepath') ?? '';
      if (mediaType(call) !== 'application/x-www-form-urlencoded' || oddParameter(form, ['filepath', 'mimetype', 'api_type']) !== null) throw refuse(400);
      if (!/^[^/]+\.\w+$/u.test(filePath) || !Object.hasOwn(SIZE_MAX, type)) throw refuse(400, { reason: 'INVALID_MEDIA_TYPE' });
      const id = randomText(13).toLowerCase().replaceAll(/[-_]/gu, 'a');
      const key = `rte_images/${id}`;
      const fields = { acl: 'private', key, 'Content-Type': type, 'success_action_status': '201', 'x-amz-storage-class': 'STANDARD', policy: randomText(200), 'x-amz-signature': randomText(64) };
      assets.set(id, { id, account, type, fields, address: `${action}/${key}`, endsAt: now() + LIFE * 1000, sha256: null, usable: false });
      return json(200, {
        args: { action, fields: Object.entries(fields).map(([name, value]) => ({ name, value })) },
        asset: { asset_id: id, processing_state: 'incomplete', payload: { filepath: filePath }, websocket_url: `wss://ws.example/${id}` },
      });
    },

    upload(call) {
      const parts = multipartParts(call) ?? [];
      const file = parts.at(-1);
      const texts = parts.slice(0, -1);
      // What comes behind the file, Amazon does not look at; so the file is the last.
      if (file === undefined || file.name !== 'file' || texts.some(({ fileName }) => fileName !== null)) {
        throw refuseXml(400, 'InvalidArgument', 'POST requires exactly one file upload per request.');
      }
      const given = new Map(texts.map(({ name, bytes }) => [name, bytes.toString('utf8')]));
      const asset = assets.get((given.get('key') ?? '').replace('rte_images/', ''));
      const wanted = Object.entries(asset?.fields ?? {});
      if (asset === undefined || given.size !== wanted.length || texts.length !== wanted.length || wanted.some(([name, value]) => given.get(name) !== value)) {
        throw refuseXml(403, 'AccessDenied', 'Invalid according to Policy: Policy Condition failed');
      }
      if (asset.endsAt <= now()) throw refuseXml(403, 'AccessDenied', 'Invalid according to Policy: Policy expired.');
      const most = SIZE_MAX[asset.type] ?? 0;
      if (file.bytes.byteLength > most) {
        const sizes = `<ProposedSize>${file.bytes.byteLength}</ProposedSize><MaxSizeAllowed>${most}</MaxSizeAllowed>`;
        throw refuseXml(400, 'EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size', sizes);
      }
      asset.sha256 = createHash('sha256').update(file.bytes).digest('hex');
      asset.usable = isUsable(file.bytes, asset.type);
      const key = asset.fields['key'] ?? '';
      const location = `${store}/${encodeURIComponent(key)}`;
      const body = `<?xml version="1.0" encoding="UTF-8"?>\n<PostResponse><Location>${location}</Location><Bucket>uploads</Bucket><Key>${key}</Key><ETag>"${randomText(32)}"</ETag></PostResponse>`;
      return { status: 201, headers: { 'content-type': 'application/xml', location }, body };
    },

    find(account, by) {
      const found = 'id' in by ? assets.get(by.id) : [...assets.values()].find(({ address }) => address === withoutScheme(by.url));
      return found !== undefined && found.account.id === account.id && found.sha256 !== null ? found : null;
    },

    clear: () => assets.clear(),
  };
}

function withoutScheme(url: string): string {
  return url.replace(/^https?:/u, '');
}
