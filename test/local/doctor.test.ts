import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { examine, report } from '../../local/doctor/examine.ts';
import { examineConfiguration, mediaDomainOf } from '../../local/doctor/configuration.ts';
import { lineOf } from '../../local/doctor/finding.ts';
import { node, python } from '../../local/doctor/machine.ts';
import { root } from '../../local/paths.ts';
import { platforms } from '../../platforms/registry.ts';
import { mediaDomainSchema } from '../../lib/media-domain-settings.ts';

let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'fanfare-doctor-'));
});

afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

function written(content: unknown): string {
  const file = join(directory, 'stage.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

const youtube = { clientId: 'one', clientSecretParameter: '/fanfare/prod/youtube/client-secret' };
const cautious = {
  stage: 'prod',
  origins: ['https://app.example.com'],
  docsUrl: 'https://docs.example.com',
  alarms: { emails: ['on-call@example.com'] },
  networks: { youtube },
};

const linesAbout = (content: unknown, stage: string | null = null): readonly string[] => examineConfiguration(written(content), stage).findings.map(lineOf);
const worse = (lines: readonly string[]): readonly string[] => lines.filter((line) => !line.startsWith('ok '));

describe('a configuration is examined, and', () => {
  it('has nothing said against it where all is set', () => {
    expect(worse(linesAbout(cautious, 'prod'))).toEqual([]);
    expect(worse(examineConfiguration(join(root, 'config/example.json'), 'example').findings.map(lineOf))).toEqual([]);
  });

  it.each([
    ['that data is deleted with the stack', { removal: 'destroy' }, /deleted with the stack\. .*"retain"/u],
    ['that every origin is let in', { origins: ['*'] }, /every origin .*"origins"/u],
    ['that nobody hears alarms', { alarms: { emails: [] } }, /Nobody is told .*"alarms\.emails"/u],
    ['that its links lead nowhere', { docsUrl: undefined }, /which is nobody's\. .*"docsUrl"/u],
    ['that it has no network', { networks: {} }, /No network is configured/u],
  ])('a person is warned %s', (_, change, line) => {
    expect(worse(linesAbout({ ...cautious, ...change }))).toEqual([expect.stringMatching(line)]);
    expect(worse(linesAbout({ ...cautious, ...change }))[0]).toMatch(/^warning {2}/u);
  });

  it('the networks that it lacks are named', () => {
    expect(linesAbout(cautious).find((line) => line.includes('networks'))).toMatch(/^ok {7}Configured networks: youtube\. Not configured: .*instagram/u);
  });

  it.each([
    ['is not there', join('/nowhere', 'prod.json'), null, /There is no configuration at \/nowhere\/prod\.json/u],
    ['is no JSON', '{', null, /is not JSON/u],
    ['has a wrong entry', { ...cautious, origins: [] }, null, /origins/u],
    ['names a network that there is not', { ...cautious, networks: { myspace: youtube } }, null, /"myspace", which this release does not have/u],
    ['is of another stage', cautious, 'test', /of the stage prod, not test/u],
  ])('one that %s is an error', (_, content, stage, line) => {
    const file = typeof content === 'string' && content.startsWith('/') ? content : written(content);
    const { configuration, findings } = examineConfiguration(file, stage);
    expect(configuration).toBeNull();
    expect(findings.map(lineOf)).toEqual([expect.stringMatching(line)]);
    expect(findings[0]?.level).toBe('error');
  });
});

describe('the addresses from which networks fetch files', () => {
  const app = { clientId: 'one', clientSecretParameter: 'two', endpoints: {} };
  const known = [
    { network: 'pushed', title: 'Pushed' },
    { network: 'pulling', title: 'Pulling', pulls: { kinds: ['video', 'photos'], verifiedHost: false } },
    { network: 'picky', title: 'Picky', pulls: { kinds: ['photos'], verifiedHost: true } },
  ] as const;
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048, publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' } });
  const named = { domainName: 'media.example.com', certificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/0a1b' };
  const domain = (more: object = {}) => mediaDomainSchema.parse({ publicKey, privateKeyParameter: 'three', ...more });
  const said = (names: readonly string[], mediaDomain: ReturnType<typeof domain> | null): readonly string[] =>
    mediaDomainOf({ networks: Object.fromEntries(names.map((name) => [name, app])), mediaDomain }, known).map(lineOf);

  it('are not spoken of where no configured network fetches any', () => {
    expect(said(['pushed'], null)).toEqual([]);
  });

  it('are doubted without a media domain, for the configured networks that fetch, by name and kind', () => {
    expect(said(['pushed', 'pulling'], null)).toEqual([expect.stringMatching(/^warning .*not fit for production: Pulling \(video, photos\)\. .*credentials.*HEAD.*"mediaDomain"/u)]);
    expect(said(['picky', 'pulling'], null)[0]).toContain(': Pulling (video, photos), Picky (photos).');
  });

  it('have to be at a name of the operator for networks that want to see it proved', () => {
    expect(said(['pulling', 'picky'], domain())[0]).toMatch(/^warning .*: Picky \(photos\)\. Set "mediaDomain\.domainName"/u);
    expect(said(['pulling'], domain())[0]).toMatch(/^ok /u);
    expect(said(['picky'], domain(named))[0]).toMatch(/^ok {7}Networks fetch files from media\.example\.com\.$/u);
  });

  it('lead to a bucket that is open to more than its distribution until the configuration names it', () => {
    expect(said(['pulling'], domain())[1]).toMatch(/^warning .*"mediaDomain\.distributionId"/u);
    expect(said(['pulling'], domain({ distributionId: 'E2QWRUHAPOMQZL' }))[1]).toMatch(/^ok /u);
  });

  it('are doubted for real networks too', () => {
    const networks = Object.fromEntries(platforms.map(({ network }) => [network, youtube]));
    const [line, ...others] = worse(linesAbout({ ...cautious, networks }));
    expect(others).toEqual([]);
    for (const { title, pulls } of platforms) expect([title, line?.includes(`${title} (`)]).toEqual([title, pulls !== undefined]);
  });
});

describe('this machine', () => {
  it.each([
    [node('24.21.0'), 'ok'],
    [node('23.9.0'), 'warning'],
    [python('3.10.0'), 'ok'],
    [python('3.9.18'), 'warning'],
    [python('4.0.0'), 'ok'],
    [python(null), 'warning'],
  ])('is judged by its versions: %j', (finding, level) => {
    expect(finding.level).toBe(level);
  });
});

describe('an account that tells little of itself', () => {
  const identity = '<GetCallerIdentityResponse><GetCallerIdentityResult><Account>123456789012</Account><Arn>arn:aws:iam::123456789012:root</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>';
  const refusal = JSON.stringify({ __type: 'UnknownOperationException', message: 'The operation is not supported.' });
  /** Lambda's limit; null: it does not answer that either. */
  let limit: number | null = null;
  const server = createServer((request, response) => {
    const isIdentity = request.headers['content-type']?.includes('x-www-form-urlencoded') === true;
    const isLimit = limit !== null && request.url?.endsWith('/account-settings') === true;
    const body = isLimit ? JSON.stringify({ AccountLimit: { ConcurrentExecutions: limit } }) : isIdentity ? identity : refusal;
    response.writeHead(isIdentity || isLimit ? 200 : 400, { 'content-type': isIdentity ? 'text/xml' : 'application/x-amz-json-1.1' });
    response.end(body);
  });
  const examined = () => {
    const { port } = server.address() as AddressInfo;
    const aws = { endpoint: `http://127.0.0.1:${port}`, ministack: false };
    return examine({ configurationFile: written(cautious), stage: 'prod', aws, bootstrapping: false });
  };
  beforeAll(() => new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve)));
  afterAll(() => new Promise((resolve) => void server.close(resolve)));

  it('is told of what could not be read and why, and that is no error', async () => {
    limit = null;
    const examination = await examined();
    expect(examination.sound).toBe(true);
    const text = report(examination);
    expect(text).toContain('ok       The AWS account is 123456789012, the region us-east-1, as arn:aws:iam::123456789012:root.');
    expect(text.match(/could not be read \([^)]*not supported/gu)).toHaveLength(3);
  });

  it.each([
    [10, 'warning'],
    [99, 'warning'],
    [100, 'ok'],
    [1_000, 'ok'],
  ])('is said to run %i functions side by side: %s, and what to do about it', async (most, level) => {
    limit = most;
    const { findings, sound } = await examined();
    const [finding, ...more] = findings.filter(({ what }) => what.startsWith('Lambda runs'));
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ level, what: expect.stringContaining(` ${most} functions side by side`) });
    if (level === 'warning') expect(finding).toMatchObject({ remedy: expect.stringMatching(/Service Quotas.*L-B99A9384/u) });
    expect(sound).toBe(true);
  });

  it('is one error where nothing answers at all', async () => {
    const aws = { endpoint: 'http://127.0.0.1:1', ministack: false };
    const examination = await examine({ configurationFile: written(cautious), stage: 'prod', aws, bootstrapping: false });
    expect(examination.sound).toBe(false);
    expect(report(examination).split('\n').filter((line) => line.startsWith('error'))).toEqual([expect.stringMatching(/could not be reached \(.*Set AWS_REGION and credentials/u)]);
  });
});
