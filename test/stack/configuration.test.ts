import { execFile } from 'node:child_process';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigurationError, readConfiguration } from '../../lib/configuration.ts';

const inPem = ({ publicKey, privateKey }: Record<'publicKey' | 'privateKey', KeyObject>) => ({
  publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
});
const rsa = (modulusLength: number) => inPem(generateKeyPairSync('rsa', { modulusLength }));
const { publicKey } = rsa(2048);

const root = join(import.meta.dirname, '../..');
let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'fanfare-configuration-'));
});

afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

function written(content: unknown): string {
  const file = join(directory, 'stage.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

function complaintAbout(content: unknown): string {
  try {
    readConfiguration(written(content));
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
    throw error;
  }
  throw new Error('Nothing was refused.');
}

describe('a configuration', () => {
  it('is whole with a stage alone: data is kept, over TLS, with a user pool', () => {
    expect(readConfiguration(written({ stage: 'prod' }))).toMatchObject({
      name: 'fanfare',
      stage: 'prod',
      pace: 'standard',
      removal: 'retain',
      tls: true,
      identity: 'cognito',
      mediaDomain: null,
      networks: {},
    });
  });

  it('may name the claim that tells tenants apart, which none is read from otherwise', () => {
    const identity = { issuer: 'https://login.example.com', audience: 'fanfare' };
    expect(readConfiguration(written({ stage: 'prod', identity })).identity).toEqual({ ...identity, jwksUri: null, tenantClaim: null });
    const claimed = { ...identity, tenantClaim: 'org_id' };
    expect(readConfiguration(written({ stage: 'prod', identity: claimed })).identity).toMatchObject({ tenantClaim: 'org_id' });
  });

  it('has a media domain with a key and the name of its secret, below cloudfront.net and cheapest unless it says otherwise', () => {
    const { mediaDomain } = readConfiguration(written({ stage: 'prod', mediaDomain: { publicKey, privateKeyParameter: 'key' } }));
    expect(mediaDomain).toEqual({ publicKey, privateKeyParameter: 'key', formerPublicKeys: [], domainName: null, certificateArn: null, priceClass: '100', distributionId: null });
  });

  it('takes a key however its lines end', () => {
    const untidy = ` ${publicKey.trim().replaceAll('\n', '\r\n')}`;
    expect(readConfiguration(written({ stage: 'prod', mediaDomain: { publicKey: untidy, privateKeyParameter: 'key' } })).mediaDomain?.publicKey).toBe(publicKey);
  });

  it('takes four former keys beside the one in use, and no fifth: CloudFront trusts five', () => {
    const others = Array.from({ length: 5 }, () => rsa(2048).publicKey);
    const mediaDomain = { publicKey, privateKeyParameter: 'key', formerPublicKeys: others.slice(0, 4) };
    expect(readConfiguration(written({ stage: 'prod', mediaDomain })).mediaDomain?.formerPublicKeys).toHaveLength(4);
    expect(complaintAbout({ stage: 'prod', mediaDomain: { ...mediaDomain, formerPublicKeys: others } })).toContain('mediaDomain.formerPublicKeys');
  });

  it.each([
    ['a private key, of which nothing is said again', { publicKey: rsa(2048).privateKey }, 'mediaDomain.publicKey: a public RSA key of 2048 bits'],
    ['no key at all', { publicKey: '-----BEGIN PUBLIC KEY-----' }, 'mediaDomain.publicKey'],
    ['a longer key than CloudFront takes', { publicKey: rsa(3072).publicKey }, 'mediaDomain.publicKey'],
    ['a key of another kind', { publicKey: inPem(generateKeyPairSync('ec', { namedCurve: 'P-256' })).publicKey }, 'mediaDomain.publicKey'],
    ['the same key twice', { formerPublicKeys: [publicKey] }, 'mediaDomain.formerPublicKeys: each key once'],
    ['a name without its certificate', { domainName: 'media.example.com' }, 'mediaDomain: a domainName needs a certificateArn'],
    ['a certificate without its name', { certificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/0a1b' }, 'mediaDomain: a domainName needs a certificateArn'],
    ['a certificate of another region', { domainName: 'media.example.com', certificateArn: 'arn:aws:acm:eu-west-1:123456789012:certificate/0a1b' }, 'mediaDomain.certificateArn: the ARN of a certificate in us-east-1'],
    ['an address for a name', { domainName: 'https://media.example.com' }, 'mediaDomain.domainName'],
    ["the distribution's name for its id", { distributionId: 'd111111abcdef8.cloudfront.net' }, 'mediaDomain.distributionId: the output DistributionId'],
    ['an entry that nobody knows', { logs: true }, 'logs'],
  ])('is refused with a media domain that has %s', (_, entries, named) => {
    const complaint = complaintAbout({ stage: 'prod', mediaDomain: { publicKey, privateKeyParameter: 'key', ...entries } });
    expect(complaint).toContain(named);
    expect(complaint).not.toMatch(/PRIVATE|\n/u);
  });

  it('is shown whole by the example', () => {
    const example = readConfiguration(join(root, 'config/example.json'));
    expect(Object.keys(example).toSorted()).toEqual(Object.keys(readConfiguration(written({ stage: 'prod' }))).toSorted());
  });

  it.each([
    ['has no stage', {}, 'stage'],
    ['has a stage that cannot be part of a name', { stage: 'Prod_1' }, 'stage: lower-case letters, digits and hyphens'],
    ['has an entry that nobody knows', { stage: 'prod', remvoal: 'destroy' }, 'remvoal'],
    ['has a pace that is not there', { stage: 'prod', pace: 'fast' }, 'pace'],
    ['names an issuer that is no URL', { stage: 'prod', identity: { issuer: 'login', audience: 'a' } }, 'identity'],
    ['reads the tenant of the user pool from what its users can write', { stage: 'prod', identity: { provider: 'cognito', tenantClaim: 'email' } }, 'identity'],
    ['has an origin with a path', { stage: 'prod', origins: ['https://app.example.com/'] }, 'origins.0: an origin such as'],
    ['keeps logs for a time that AWS does not know', { stage: 'prod', logRetentionDays: 31 }, 'logRetentionDays: one of 1, 3, 5'],
    ['has a network without its secret', { stage: 'prod', networks: { youtube: { clientId: 'one' } } }, 'networks.youtube.clientSecretParameter'],
    ['has an endpoint that is no URL', { stage: 'prod', networks: { youtube: { clientId: 'one', clientSecretParameter: 'two', endpoints: { api: 'here' } } } }, 'networks.youtube.endpoints.api'],
    ['is not JSON', '{"stage": prod}', 'is not JSON'],
  ])('that %s is refused in one line that names the file and the entry', (_, content, named) => {
    const complaint = complaintAbout(content);
    expect(complaint).toContain(join(directory, 'stage.json'));
    expect(complaint).toContain(named);
    expect(complaint).not.toContain('\n');
  });

  it('that is not there is missed by its name', () => {
    expect(() => readConfiguration('/nowhere/stage.json')).toThrow(/^There is no configuration at \/nowhere\/stage\.json: [^\n]*$/u);
  });

  it('says each wrong entry at once', () => {
    const complaint = complaintAbout({ stage: 'prod', pace: 'fast', logRetentionDays: 0 });
    expect(complaint).toContain('pace:');
    expect(complaint).toContain('logRetentionDays:');
  });
});

interface Ended {
  readonly code: number;
  readonly output: string;
}

function synthesis(environment: Readonly<Record<string, string>>): Promise<Ended> {
  return new Promise((resolve) => {
    const options = { cwd: root, env: { PATH: process.env['PATH'], ...environment }, timeout: 60_000 };
    execFile(process.execPath, ['bin/app.ts'], options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr });
    });
  });
}

describe('synthesis', () => {
  it('fails with one sentence when nobody says for which stage', async () => {
    const { code, output } = await synthesis({});
    expect(code).toBe(1);
    expect(output).toMatch(/^Which stage\? Set FANFARE_CONFIG [^\n]*\n$/u);
  });

  it('fails with one sentence for a network that this release does not have', async () => {
    const networks = { myspace: { clientId: 'one', clientSecretParameter: 'two' } };
    const { code, output } = await synthesis({ FANFARE_CONFIG: written({ stage: 'prod', networks }) });
    expect(code).toBe(1);
    expect(output).toMatch(/^The configuration names the network "myspace", which this release does not have; it has: [a-z, ]*\.\n$/u);
  });
});
