import * as fc from 'fast-check';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { FanfareError } from '../../core/errors.ts';
import { limits } from '../../core/limits.ts';
import { readForm } from '../../functions/common/form-body.ts';
import { formTree } from '../../functions/common/form-tree.ts';
import { parseForm } from '../../functions/common/form-values.ts';
import { proxyEvent } from './support/event.ts';

/** A form whose file has so many bytes. */
function formOf(size: number): FormData {
  const form = new FormData();
  form.append('file', new File([new Uint8Array(size)], 'clip.mp4', { type: 'video/mp4' }));
  return form;
}

/** The event of a form as the platform's own `fetch` writes it. */
async function eventOf(form: FormData): Promise<APIGatewayProxyEvent> {
  const request = new Request('http://localhost/', { method: 'POST', body: form });
  const bytes = Buffer.from(await request.arrayBuffer());
  return rawEvent(bytes, request.headers.get('content-type') ?? '');
}

function rawEvent(bytes: Uint8Array, contentType: string): APIGatewayProxyEvent {
  return proxyEvent({ headers: { 'content-type': contentType }, body: bytes });
}

async function codeOf(reading: Promise<unknown>): Promise<string> {
  const error: unknown = await reading.then(() => null, (thrown: unknown) => thrown);
  if (!(error instanceof FanfareError)) throw new Error(`no error of ours: ${String(error)}`);
  return error.errors[0]?.code ?? error.code;
}

const BOUNDARY = 'multipart/form-data; boundary=xyz';
const lines = (...text: string[]) => Buffer.from(text.join('\r\n'), 'latin1');

describe('a form', () => {
  it('gives texts and files byte for byte, in any order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 0, maxLength: 5_000 }),
        fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !/[\r\n\0\uFEFF]/u.test(text)),
        fc.boolean(),
        async (bytes, title, fileFirst) => {
          const form = new FormData();
          if (!fileFirst) form.append('title', title);
          form.append('file', new File([bytes], 'clip.mp4', { type: 'video/mp4' }));
          if (fileFirst) form.append('title', title);
          const read = await readForm(await eventOf(form));
          expect(read).toMatchObject({ title, file: { fileName: 'clip.mp4', contentType: 'video/mp4' } });
          const file = z.object({ file: z.object({ bytes: z.instanceof(Uint8Array) }) }).parse(read).file;
          expect(Buffer.from(file.bytes).equals(Buffer.from(bytes))).toBe(true);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('takes a file at the limit, and not one byte more', async () => {
    expect(await readForm(await eventOf(formOf(limits.formFile)))).toMatchObject({ file: { fileName: 'clip.mp4' } });
    const tooLarge = readForm(await eventOf(formOf(limits.formFile + 1)));
    await expect(tooLarge).rejects.toMatchObject({ code: 'file_too_large', message: expect.stringContaining('POST /api/upload/presign-put') });
  });

  it('is at its limit with a body that Lambda still takes', () => {
    const largest = limits.formFile + limits.formFields;
    const inBase64 = Math.ceil(largest / 3) * 4;
    expect(inBase64).toBeLessThan(6 * 1024 * 1024 - 32 * 1024);
  });

  it('has bounds for its fields as well', async () => {
    const form = new FormData();
    form.append('description', 'x'.repeat(limits.formFields + 1));
    expect(await codeOf(readForm(await eventOf(form)))).toBe('too_large');
    const many = new FormData();
    for (let i = 0; i < 1_001; i += 1) many.append('accounts', 'a');
    expect(await codeOf(readForm(await eventOf(many)))).toBe('too_many_parts');
  });

  it('reads blank fields as left out', async () => {
    const form = new FormData();
    form.append('title', 'x');
    form.append('scheduledOn', '');
    expect(await readForm(await eventOf(form))).toEqual({ title: 'x' });
  });

  it('keeps what is not ASCII in file names', async () => {
    const form = new FormData();
    form.append('file', new File(['x'], 'Frühling 🎉.mp4', { type: 'video/mp4' }));
    expect(await readForm(await eventOf(form))).toMatchObject({ file: { fileName: 'Frühling 🎉.mp4' } });
  });

  it.each([
    ['cut off in a field', lines('--xyz', 'Content-Disposition: form-data; name="title"', '', 'Spr')],
    ['cut off in a file', lines('--xyz', 'Content-Disposition: form-data; name="file"; filename="a.mp4"', '', 'abc')],
    ['cut off in a header', lines('--xyz', 'Content-Disposition: form-da')],
    ['empty', Buffer.alloc(0)],
    ['not a form at all', lines('{"title":"x"}')],
    ['of another boundary', lines('--abc', 'Content-Disposition: form-data; name="title"', '', 'x', '--abc--', '')],
    ['with a part that has no name', lines('--xyz', 'Content-Disposition: form-data', '', 'x', '--xyz--', '')],
  ])('that is %s is refused', async (_, bytes) => {
    expect(await codeOf(readForm(rawEvent(bytes, BOUNDARY)))).toBe('malformed_form');
  });

  it('cut off anywhere is refused or gives what came before, and never hangs', async () => {
    const whole = lines(
      '--xyz', 'Content-Disposition: form-data; name="title"', '', 'Spring',
      '--xyz', 'Content-Disposition: form-data; name="file"; filename="a.mp4"', 'Content-Type: video/mp4', '', 'abcdef', '--xyz--', '',
    ); // prettier-ignore
    for (let length = 0; length < whole.length - 2; length += 1) {
      const read = readForm(rawEvent(whole.subarray(0, length), BOUNDARY));
      await expect(read, `after ${length} bytes`).rejects.toMatchObject({ code: 'validation_failed' });
    }
    await expect(readForm(rawEvent(whole, BOUNDARY))).resolves.toMatchObject({ title: 'Spring' });
  });

  it('without a boundary, or of another type, is refused', async () => {
    expect(await codeOf(readForm(rawEvent(lines('x'), 'multipart/form-data')))).toBe('malformed_form');
    expect(await codeOf(readForm(rawEvent(lines('x'), 'application/x-www-form-urlencoded')))).toBe('unsupported');
    expect(await codeOf(readForm(rawEvent(lines('x'), '')))).toBe('unsupported');
  });

  it('with a field that is not UTF-8 is refused', async () => {
    const bytes = lines('--xyz', 'Content-Disposition: form-data; name="title"', '', 'Fr\xfchling', '--xyz--', '');
    expect(await codeOf(readForm(rawEvent(bytes, BOUNDARY)))).toBe('invalid_utf8');
  });
});

const tree = (...fields: [string, string][]) => formTree(fields.map(([name, value]) => ({ name, value })));

describe('the names of fields', () => {
  it('may have several steps, in either notation', () => {
    expect(tree(['a[b][c]', '1'], ['a.b.d', '2'], ['x', '3'])).toEqual({ a: { b: { c: '1', d: '2' } }, x: '3' });
  });

  it('may come again', () => {
    expect(tree(['a', '1'], ['a', '2'], ['b[]', '3'], ['c.d[]', '4'], ['c.d[]', '5'])).toEqual({ a: ['1', '2'], b: '3', c: { d: ['4', '5'] } });
  });

  it.each(['', '[a]', 'a[', 'a]b', 'a[b', 'a..b', '.a', 'a.', 'a[][b]', '__proto__', 'a[__proto__]', 'a.__proto__.b', `a${'[b]'.repeat(9)}`])(
    'may not be %j',
    (name) => {
      expect(() => tree([name, 'x'])).toThrow('is not the name of a field');
    },
  );

  it('may not say the same whole and in parts', () => {
    expect(() => tree(['options', '{}'], ['options[a]', 'x'])).toThrow('give one of them');
  });
});

describe('texts in a form', () => {
  const schema = z.strictObject({
    on: z.boolean().optional(),
    count: z.int().optional(),
    ratio: z.number().optional(),
    tags: z.array(z.string()).optional(),
    counts: z.array(z.int()).optional(),
    inner: z.strictObject({ on: z.boolean(), tags: z.array(z.string()).default([]) }).optional(),
    text: z.string().optional(),
  });

  it('read as what the schema wants', () => {
    expect(parseForm(schema, { on: 'true', count: '7', ratio: '-0.5', tags: 'one', text: 'true' })).toEqual({
      on: true,
      count: 7,
      ratio: -0.5,
      tags: ['one'],
      text: 'true',
    });
    expect(parseForm(schema, { counts: '7' })).toEqual({ counts: [7] });
    expect(parseForm(schema, { counts: ['7', '8'] })).toEqual({ counts: [7, 8] });
    expect(parseForm(schema, { inner: { on: 'false', tags: ['a', 'b'] } })).toEqual({ inner: { on: false, tags: ['a', 'b'] } });
    expect(parseForm(schema, { inner: '{"on":true,"tags":["a"]}', tags: '["x","y"]' })).toEqual({
      inner: { on: true, tags: ['a'] },
      tags: ['x', 'y'],
    });
  });

  it.each([
    [{ on: 'yes' }, 'on'],
    [{ count: '1e3' }, 'count'],
    [{ count: '1.5' }, 'count'],
    [{ ratio: 'Infinity' }, 'ratio'],
    [{ inner: 'on' }, 'inner'],
    [{ inner: { on: '1' } }, 'inner.on'],
    [{ unheard: 'of' }, 'unheard'],
    [{ inner: '{"on":true,"on":false}' }, 'inner'],
    [{ text: ['a', 'b'] }, 'text'],
  ])('that are none are refused: %j', (form, field) => {
    expect(() => parseForm(schema, form)).toThrow(field);
  });

  it('never become anything that the schema does not want', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('on', 'count', 'ratio', 'tags', 'inner', 'text'), fc.string()), (form) => {
        try {
          expect(schema.safeParse(parseForm(schema, form)).success).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(FanfareError);
        }
      }),
    );
  });
});
