import { mkdtempSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { afterEach, describe, expect, it } from 'vitest';
import { tokenVerifier } from '../../functions/common/jwt.ts';
import { audience, issueToken, startIssuer, type Issuer } from '../../local/issuer.ts';

const started: Issuer[] = [];
afterEach(async () => {
  for (const issuer of started.splice(0)) await issuer.stop();
});

function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'fanfare-issuer-'));
}

async function start(directory: string, preferredPort = 0): Promise<Issuer> {
  const issuer = await startIssuer({ directory, bindHost: '127.0.0.1', publicHost: '127.0.0.1', preferredPort });
  started.push(issuer);
  return issuer;
}

describe('the local identity issuer', () => {
  it.each([
    ['by its key set', (issuer: Issuer) => issuer.jwksUri],
    ['by its discovery document', () => null],
  ])('issues sessions that the API takes, %s', async (_, jwksUri) => {
    const directory = newFolder();
    const issuer = await start(directory);
    const verify = tokenVerifier({ issuer: issuer.url, audience, jwksUri: jwksUri(issuer), tenantClaim: null });
    expect(await verify(await issueToken(directory, 'ada'))).toEqual({ issuer: issuer.url, subject: 'ada', tenant: null });
  });

  it('issues sessions of 24 hours', async () => {
    const directory = newFolder();
    await start(directory);
    const { iat = 0, exp = 0 } = decodeJwt(await issueToken(directory, 'ada'));
    expect(exp - iat).toBe(24 * 3600);
  });

  it('keeps its key to itself, and over a restart', async () => {
    const directory = newFolder();
    const first = await start(directory);
    const token = await issueToken(directory, 'ada');
    expect(statSync(join(directory, 'issuer.json')).mode & 0o777).toBe(0o600);
    await first.stop();
    const second = await start(directory, first.port);
    expect(second.url).toBe(first.url);
    const verify = tokenVerifier({ issuer: second.url, audience, jwksUri: second.jwksUri, tenantClaim: null });
    expect(await verify(token)).toEqual({ issuer: second.url, subject: 'ada', tenant: null });
  });

  it('takes another port when its own is taken', async () => {
    const other = await start(newFolder());
    const issuer = await start(newFolder(), other.port);
    expect(issuer.port).not.toBe(other.port);
  });

  it('says what to do where it has never run', async () => {
    await expect(issueToken(newFolder(), 'ada')).rejects.toThrow('npm start');
  });
});
