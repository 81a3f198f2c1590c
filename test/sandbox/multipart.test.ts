import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { multipartForm } from '../../platforms/multipart.ts';
import { multipartParts } from '../../sandbox/multipart.ts';
import type { Call } from '../../sandbox/stand-in.ts';

function callOf(contentType: string, body: Uint8Array | string): Call {
  return { method: 'POST', path: '/', query: new URLSearchParams(), headers: { 'content-type': contentType }, body: Buffer.from(body) };
}

describe('a form with a file', () => {
  it('is read as it was written, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[a-z_]{1,9}$/u), fc.string({ unit: 'grapheme' })), fc.uint8Array({ maxLength: 300 }), (fields, bytes) => {
        const { contentType, body } = multipartForm(fields, { field: 'media', fileName: 'one.jpg', bytes });
        const parts = multipartParts(callOf(contentType, body)) ?? [];
        expect(parts.slice(0, -1).map(({ name, fileName, bytes: text }) => [name, fileName, text.toString('utf8')])).toEqual(Object.entries(fields).map(([name, text]) => [name, null, text]));
        expect(parts.at(-1)).toEqual({ name: 'media', fileName: 'one.jpg', bytes: Buffer.from(bytes) });
      }),
    );
  });

  it('is read as other clients write it', async () => {
    const form = new FormData();
    form.append('segment_index', '3');
    form.append('media', new Blob(['\r\n--x\r\nbytes']), 'blob');
    const encoded = new Response(form);
    const call = callOf(encoded.headers.get('content-type') ?? '', new Uint8Array(await encoded.arrayBuffer()));
    expect(multipartParts(call)).toEqual([
      { name: 'segment_index', fileName: null, bytes: Buffer.from('3') },
      { name: 'media', fileName: 'blob', bytes: Buffer.from('\r\n--x\r\nbytes') },
    ]);
  });

  it.each([
    ['application/json', '{}'],
    ['multipart/form-data', '--a\r\n'],
    ['multipart/form-data; boundary=a', ''],
    ['multipart/form-data; boundary=a', '--b\r\ncontent-disposition: form-data; name="x"\r\n\r\n1\r\n--b--\r\n'],
    ['multipart/form-data; boundary=a', '--a\r\ncontent-disposition: form-data; name="x"\r\n\r\n1\r\n--a'],
    ['multipart/form-data; boundary=a', '--a\r\ncontent-disposition: form-data; name="x"\r\n\r\n1'],
    ['multipart/form-data; boundary=a', '--a\r\ncontent-disposition: form-data\r\n\r\n1\r\n--a--\r\n'],
  ])('is none: %s, %j', (contentType, body) => {
    expect(multipartParts(callOf(contentType, body))).toBeNull();
  });
});
