import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { objectKey, parseObjectKey, uploadIdOfKey } from '../../core/object-key.ts';

const ULID = '01JH8ZC4T0M2V3W4X5Y6Z7A8B9';
const file = { tenantId: `ten_${ULID}`, uploadId: `upl_${ULID}`, contentType: 'video/mp4', fileName: 'clip.mp4' };

const ulid = fc.stringMatching(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/u);
const anyText = fc.string({ unit: 'binary' });

describe('object keys', () => {
  it('name the tenant, the upload and the place of the file', () => {
    expect(objectKey(file)).toBe(`in/ten_${ULID}/${ULID}/1.mp4`);
    expect(objectKey({ ...file, n: 2 })).toBe(`in/ten_${ULID}/${ULID}/2.mp4`);
  });

  it.each([
    ['video/quicktime', 'x.mp4', 'mov'],
    ['VIDEO/MP4; codecs="avc1"', 'x', 'mp4'],
    ['application/octet-stream', 'Ferien.MOV', 'mov'],
    ['application/octet-stream', 'Привет.видео', 'bin'],
    ['constructor', 'a.b/../c', 'bin'],
    ['', '', 'bin'],
  ])('end for the type %j and the name %j in .%s', (contentType, fileName, extension) => {
    expect(parseObjectKey(objectKey({ ...file, contentType, fileName }))?.extension).toBe(extension);
  });

  it('lead back to what they were made of, whatever the client named its file', () => {
    fc.assert(
      fc.property(ulid, ulid, fc.integer({ min: 1, max: 90 }), anyText, anyText, (tenant, upload, n, contentType, fileName) => {
        const made = objectKey({ tenantId: `ten_${tenant}`, uploadId: `upl_${upload}`, n, contentType, fileName });
        expect(made).toMatch(/^[\x21-\x7e]+$/u);
        expect(made.split('/')).toHaveLength(4);
        expect(parseObjectKey(made)).toMatchObject({ tenantId: `ten_${tenant}`, uploadId: `upl_${upload}`, n });
        expect(uploadIdOfKey(made)).toBe(`upl_${upload}`);
      }),
    );
  });

  it('are made of ids of ours only', () => {
    expect(() => objectKey({ ...file, uploadId: 'upl_../../x' })).toThrow('no object key');
    expect(() => objectKey({ ...file, uploadId: `acc_${ULID}` })).toThrow('no object key');
    expect(() => objectKey({ ...file, tenantId: 'a/b' })).toThrow('no object key');
    expect(() => objectKey({ ...file, n: 0 })).toThrow('no object key');
  });

  it.each([
    '',
    `out/ten_1/${ULID}/1.mp4`,
    `in/ten_1/${ULID}/1.mp4/`,
    `in/ten_1/${ULID}/1.mp4\n`,
    `in/ten_1/${ULID}/1`,
    `in/ten_1/${ULID}/01.mp4`,
    `in/ten_1/${ULID.toLowerCase()}/1.mp4`,
    `in/ten_1/8${ULID.slice(1)}/1.mp4`,
    `in//${ULID}/1.mp4`,
  ])('are told from a foreign one: %j', (key) => {
    expect(uploadIdOfKey(key)).toBeNull();
  });
});
