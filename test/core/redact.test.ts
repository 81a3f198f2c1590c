import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSecretName, redactText } from '../../core/redact.ts';

const CANARY = 'c4n4ryC4N4RYc4n4ry0123456789';

describe('secrets in text', () => {
  it.each([
    `Authorization: Bearer ${CANARY}`,
    `authorization: OAuth ${CANARY}`,
    `GET https://bucket.s3.amazonaws.com/in/x/1.mp4?X-Amz-Credential=AKIA&X-Amz-Signature=${CANARY} failed`,
    `https://www.googleapis.com/upload/youtube/v3/videos?uploadType=resumable&upload_id=${CANARY}`,
    `access_token=${CANARY}&x=1`,
    `client_secret=${CANARY}`,
    `{"access_token":"${CANARY}"}`,
    `{"refreshToken": "${CANARY}", "a": 1}`,
    `{\\"refresh_token\\":\\"${CANARY}\\"}`,
    `token eyJhbGciOiJIUzI1NiJ9.${CANARY}.${CANARY}`,
    `the key fan_${CANARY} was refused`,
    `session st_${CANARY}`,
    `Idempotency-Key: "${CANARY}"`,
    `Cookie: theme=dark; session=${CANARY}`,
    `ya29.${CANARY} and 1//0${CANARY} of Google`,
    `the app secret GOCSPX-${CANARY}`,
    `EAAB${CANARY} and IGAA${CANARY} of Meta`,
    `DPoP ${CANARY}`,
    `ref-${CANARY} and cod-${CANARY} of a server of Bluesky`,
    `{"kty":"EC","x":"public","d":"${CANARY}"}`,
    `{\\"d\\":\\"${CANARY}\\"}`,
  ])('are removed by their form: %s', (text) => {
    expect(redactText(text)).not.toContain(CANARY);
  });

  it.each(['Connection refused', 'https://www.youtube.com/watch without a query', 'The token is expired', 'a=b'])(
    'leave ordinary words alone: %s',
    (text) => {
      expect(redactText(text)).toBe(text);
    },
  );

  it('keep the address whose query they are', () => {
    expect(redactText('PUT https://host/path?secret=1')).toBe('PUT https://host/path?[removed]');
  });

  it('are cut, whatever their length', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 10_000 }), fc.integer({ min: 1, max: 3_000 }), (text, limit) => {
        expect(redactText(text, limit).length).toBeLessThanOrEqual(Math.max(limit, 1));
      }),
    );
  });

  it('do not come out because of where the text is cut', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_100 }), (padding) => {
        expect(redactText(`${'x'.repeat(padding)} access_token=${CANARY}`)).not.toContain(CANARY.slice(0, 12));
      }),
      { numRuns: 300 },
    );
  });
});

describe('names of secrets', () => {
  it.each(['Authorization', 'x-api-key', 'accessToken', 'access_token', 'ACCESS-TOKEN', 'client_secret', 'password', 'uploadUrl'])('%s', (name) => {
    expect(isSecretName(name)).toBe(true);
  });

  it.each(['tokenVersion', 'title', 'objectKey', 'keyId', 'uploadId', 'externalUrl'])('not %s', (name) => {
    expect(isSecretName(name)).toBe(false);
  });
});
