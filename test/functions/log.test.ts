import { describe, expect, it } from 'vitest';
import { jsonLog } from '../../functions/common/log.ts';

const CANARY = 'c4n4ryC4N4RYc4n4ry0123456789';

function logged(write: (log: ReturnType<typeof jsonLog>) => void, context: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const lines: string[] = [];
  write(jsonLog(context, { write: (line) => void lines.push(line) }));
  expect(lines).toHaveLength(1);
  expect(lines[0]).not.toContain('\n');
  return JSON.parse(lines[0] ?? '') as Record<string, unknown>;
}

describe('a line of the log', () => {
  it('is one JSON object with time, level, message, context and fields', () => {
    const line = logged((log) => log.warn('it_happened', { n: 1, list: ['a'] }), { requestId: 'r', uploadId: 'upl_1' });
    expect(line).toMatchObject({ level: 'warn', message: 'it_happened', requestId: 'r', uploadId: 'upl_1', n: 1, list: ['a'] });
    expect(Date.parse(String(line['time']))).not.toBeNaN();
  });

  it('tells what an error was, and its cause', () => {
    const line = logged((log) => log.error('died', { error: new TypeError('one', { cause: new Error('other') }) }));
    expect(line['error']).toMatchObject({ name: 'TypeError', message: 'one', cause: { message: 'other' } });
  });

  it('can be written of anything', () => {
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    const strange = { big: 2n, date: new Date(0), wrong: new Date(NaN), bytes: new Uint8Array(3), nothing: undefined, none: null, circle };
    expect(logged((log) => log.info('odd', strange))).toMatchObject({
      big: '2',
      date: '1970-01-01T00:00:00.000Z',
      wrong: null,
      bytes: '[3 bytes]',
      none: null,
    });
  });

  it.each<readonly [string, unknown]>([
    ['a field', { authorization: CANARY }],
    ['a field of another spelling', { 'Access-Token': CANARY }],
    ['a field deep inside', { request: { headers: { 'x-api-key': CANARY } } }],
    ['a list', { list: [{ clientSecret: CANARY }] }],
    ['an address', { url: `https://bucket/key?X-Amz-Signature=${CANARY}` }],
    ['a header in text', { text: `sent Authorization: Bearer ${CANARY}` }],
    ['an error', { error: new Error(`GET https://graph/x?access_token=${CANARY} failed`) }],
    ['the cause of an error', { error: new Error('x', { cause: new Error(`access_token=${CANARY}`) }) }],
    ['the body of a form', { body: `grant_type=refresh_token&refresh_token=${CANARY}&client_secret=${CANARY}` }],
    ['the body of an answer', { body: JSON.stringify({ access_token: CANARY, token_type: 'Bearer' }) }],
    ['a sealed token', { account: { tokens: { dataKey: CANARY } } }],
  ])('never shows a secret in %s', (_where, fields) => {
    const line = logged((log) => log.info('secret', fields as Record<string, unknown>));
    expect(JSON.stringify(line)).not.toContain(CANARY);
  });

  it('never shows a secret of its context or its message', () => {
    const line = logged((log) => log.info(`Bearer ${CANARY}`), { token: CANARY });
    expect(JSON.stringify(line)).not.toContain(CANARY);
  });

  it('tells an absent secret from one that was removed', () => {
    expect(logged((log) => log.info('x', { refreshToken: null, accessToken: 'a' }))).toMatchObject({ refreshToken: null, accessToken: '[removed]' });
  });
});
