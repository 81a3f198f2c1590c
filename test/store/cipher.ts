import { expect, it } from 'vitest';
import type { Sealed } from '../../core/model.ts';
import { TokenUnreadable, type TokenCipher } from '../../core/ports/index.ts';

const context = { tenantId: 'ten_1', accountId: 'acc_1' };
const secret = JSON.stringify({ accessToken: 'ya29.é👩‍🚀', refreshToken: null });

/** What every cipher promises. */
export function cipherConformance(cipher: () => TokenCipher, foreign: () => TokenCipher): void {
  const refuse = async (sealed: Sealed, under = context) => {
    await expect(cipher().open(sealed, under)).rejects.toThrow(TokenUnreadable);
  };

  it('opens what it sealed, of any length', async () => {
    for (const text of [secret, '', 'x'.repeat(20_000)]) {
      const sealed = await cipher().seal(text, context);
      expect(await cipher().open(sealed, context)).toBe(text);
      expect(JSON.parse(JSON.stringify(sealed))).toEqual(sealed);
      if (text !== '') expect(JSON.stringify(sealed)).not.toContain(Buffer.from(text).toString('base64').slice(0, 12));
    }
  });

  it('never seals twice alike', async () => {
    const [one, other] = [await cipher().seal(secret, context), await cipher().seal(secret, context)];
    for (const part of ['dataKey', 'iv', 'ciphertext', 'tag'] as const) expect(one[part]).not.toBe(other[part]);
  });

  it('does not open a value for another account or another tenant', async () => {
    const sealed = await cipher().seal(secret, context);
    await refuse(sealed, { ...context, accountId: 'acc_2' });
    await refuse(sealed, { ...context, tenantId: 'ten_2' });
    await refuse(sealed, { tenantId: 'ten_1acc_1', accountId: '' });
  });

  it('does not open a value that another key sealed', async () => {
    await refuse(await foreign().seal(secret, context));
  });

  it('does not open parts of two values', async () => {
    const [one, other] = [await cipher().seal(secret, context), await cipher().seal(secret, context)];
    for (const part of ['dataKey', 'iv', 'ciphertext', 'tag'] as const) await refuse({ ...one, [part]: other[part] });
  });

  it('does not open a value of which a bit was changed', async () => {
    const sealed = await cipher().seal(secret, context);
    for (const part of ['iv', 'ciphertext', 'tag'] as const) {
      await refuse({ ...sealed, [part]: flipped(sealed[part], 0) });
      await refuse({ ...sealed, [part]: flipped(sealed[part], -1) });
    }
    await refuse({ ...sealed, dataKey: flipped(sealed.dataKey, -1) });
  });

  it('does not open a value that was cut, or is none at all', async () => {
    const sealed = await cipher().seal(secret, context);
    await refuse({ ...sealed, ciphertext: cut(sealed.ciphertext, 4) });
    await refuse({ ...sealed, ciphertext: '' });
    for (const bytes of [15, 12, 4, 0]) await refuse({ ...sealed, tag: cut(sealed.tag, bytes) });
    for (const bytes of [11, 8, 0]) await refuse({ ...sealed, iv: cut(sealed.iv, bytes) });
    for (const dataKey of ['', 'not base64!', `${sealed.dataKey}\n`]) await refuse({ ...sealed, dataKey });
    await refuse({ ...sealed, tag: sealed.tag.replaceAll('=', '') });
  });
}

function flipped(base64: string, index: number): string {
  const bytes = Buffer.from(base64, 'base64');
  const at = index < 0 ? bytes.length + index : index;
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return bytes.toString('base64');
}

function cut(base64: string, bytes: number): string {
  return Buffer.from(base64, 'base64').subarray(0, bytes).toString('base64');
}
