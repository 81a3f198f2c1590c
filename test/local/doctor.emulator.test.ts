import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeleteParametersCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientSettings, outsideAws, type LocalAws } from '../../local/aws.ts';
import { examine, type Examination } from '../../local/doctor/examine.ts';
import { lineOf } from '../../local/doctor/finding.ts';
import { examineNetworks } from '../../local/doctor/networks.ts';
import { root } from '../../local/paths.ts';
import { platforms } from '../../platforms/registry.ts';
import { networkSettings } from '../../sandbox/networks.ts';
import { startSandbox } from '../../sandbox/server.ts';
import { newKey, serveDescription } from './support/described-app.ts';

const directory = mkdtempSync(join(tmpdir(), 'fanfare-doctor-'));
const configurationFile = join(directory, 'prod.json');
const names = ['youtube', 'instagram'].map((network) => `/doctor-${process.pid}/${network}`);
const [present = '', missing = ''] = names;
let aws: LocalAws;
let parameters: SSMClient;

beforeAll(async () => {
  const outside = await outsideAws();
  if (outside === null) throw new Error('there is no endpoint');
  aws = outside;
  parameters = new SSMClient(clientSettings(aws));
  const [youtube, instagram] = names.map((clientSecretParameter) => ({ clientId: 'one', clientSecretParameter }));
  writeFileSync(configurationFile, JSON.stringify({ stage: 'prod', origins: ['https://app.example.com'], networks: { youtube, instagram } }));
  await parameters.send(new PutParameterCommand({ Name: present, Value: 'planted-secret', Type: 'SecureString' }));
});

afterAll(async () => {
  await parameters.send(new DeleteParametersCommand({ Names: names }));
  rmSync(directory, { recursive: true, force: true });
});

async function sandboxed() {
  const server = await startSandbox();
  return { url: server.url, [Symbol.asyncDispose]: () => server.stop() };
}

const levelsOf = ({ findings }: Examination, about: RegExp) => findings.filter(({ what }) => about.test(what)).map(({ level }) => level);

describe('the account of the caller', () => {
  it('is named, and each secret that is missing from it is an error with the command that makes it', async () => {
    const before = await examine({ configurationFile, stage: 'prod', aws, bootstrapping: false });
    expect(levelsOf(before, /^The AWS account is \d{12}, the region us-east-1/u)).toEqual(['ok']);
    expect(levelsOf(before, new RegExp(`the app at YouTube is there \\(${present}\\)`, 'u'))).toEqual(['ok']);
    expect(before.findings.filter(({ level }) => level === 'error')).toEqual([
      { level: 'error', what: `The secret of the app at Instagram (${missing}) is missing.`, remedy: expect.stringMatching(new RegExp(`put-parameter .*--type SecureString --name ${missing}`, 'u')) },
    ]);
    expect(before.sound).toBe(false);
    expect(JSON.stringify(before)).not.toContain('planted-secret');

    await parameters.send(new PutParameterCommand({ Name: missing, Value: 'planted-secret', Type: 'String' }));
    const after = await examine({ configurationFile, stage: 'prod', aws, bootstrapping: false });
    expect(levelsOf(after, new RegExp(`\\(${missing}\\) is a String, and not encrypted`, 'u'))).toEqual(['warning']);
    expect(after.sound).toBe(true);
  });

  it("is asked for Lambda's limit, whatever it answers", async () => {
    const examination = await examine({ configurationFile, stage: null, aws, bootstrapping: false });
    expect(levelsOf(examination, /^Lambda(?:'s concurrency limit could not be read| runs )/u)).toHaveLength(1);
  });
});

describe('the networks', () => {
  it('are asked with the secrets of the parameter store before a stage is deployed, and none of these is shown', async () => {
    await using server = await sandboxed();
    const networks = Object.fromEntries(
      ['x', 'reddit', 'threads'].map((network) => {
        const { endpoints, app } = networkSettings(network, server.url);
        return [network, { clientId: app.clientId, clientSecretParameter: `/doctor-${process.pid}/asked/${network}`, endpoints }] as const;
      }),
    );
    const file = join(directory, 'asked.json');
    writeFileSync(file, JSON.stringify({ stage: 'asked', publicUrl: 'https://api.example.com', networks }));
    const { clientSecret } = networkSettings('x', server.url).app;
    await parameters.send(new PutParameterCommand({ Name: `/doctor-${process.pid}/asked/x`, Value: clientSecret, Type: 'SecureString' }));
    await parameters.send(new PutParameterCommand({ Name: `/doctor-${process.pid}/asked/reddit`, Value: 'planted-secret\n', Type: 'SecureString' }));
    const examination = await examine({ configurationFile: file, stage: 'asked', aws, bootstrapping: false, asking: true });
    await parameters.send(new DeleteParametersCommand({ Names: ['x', 'reddit'].map((network) => `/doctor-${process.pid}/asked/${network}`) }));
    expect(levelsOf(examination, /^The stage asked is not deployed here/u)).toEqual(['note']);
    expect(levelsOf(examination, /^X accepts the app/u)).toEqual(['ok']);
    expect(levelsOf(examination, /^X does not know the callback https:\/\/api\.example\.com\/oauth\/x\/callback/u)).toEqual(['error']);
    expect(levelsOf(examination, /^Reddit refuses the app /u)).toEqual(['error']);
    expect(levelsOf(examination, /^The secret of the app at Reddit .* has white space around it/u)).toEqual(['warning']);
    expect(levelsOf(examination, /^The secret of the app at Threads .* is missing/u)).toEqual(['error']);
    expect(levelsOf(examination, /^Threads /u)).toEqual([]);
    expect(levelsOf(examination, /is not configured\.$/u)).toEqual(platforms.slice(3).map(() => 'note'));
    for (const secret of ['planted-secret', clientSecret]) expect(JSON.stringify(examination.findings)).not.toContain(secret);
    expect(examination.sound).toBe(false);
  });

  it('that read about the app at its own address are asked when the stage is deployed; until then its key is looked at, and never shown', async () => {
    const parameter = `/doctor-${process.pid}/asked/bluesky`;
    const [key, other] = [newKey(), newKey()];
    await using server = await sandboxed();
    await using stage = await serveDescription('bluesky', key);
    const own = { clientId: '', clientSecretParameter: parameter, endpoints: networkSettings('bluesky', server.url).endpoints };
    const put = (Value: string) => parameters.send(new PutParameterCommand({ Name: parameter, Value, Type: 'SecureString', Overwrite: true }));
    const said = async (deployed: boolean) => {
      const findings = await examineNetworks({ configuration: { name: 'fanfare', stage: 'asked', networks: { bluesky: own } }, aws, publicUrl: stage.publicUrl, deployed, reached: true });
      const lines = findings.filter(({ what }) => !what.endsWith('is not configured.')).map(lineOf);
      expect(lines.join()).not.toContain('PRIVATE KEY');
      return lines;
    };
    const address = `${stage.publicUrl}/oauth/bluesky/client-metadata.json`;
    try {
      expect(await said(true)).toEqual([expect.stringMatching(new RegExp(`^error .*\\(${parameter}\\) is missing\\. Create it: openssl genpkey .*P-256 \\| aws ssm put-parameter --endpoint-url .* --value file:///dev/stdin$`, 'u'))]);
      for (const unfit of ['planted-secret', newKey('P-384')]) {
        await put(unfit);
        expect(await said(false)).toEqual([expect.stringMatching(/^error .* is no private key for ES256 \(P-256\) in PEM, .*\n.*openssl genpkey .* --overwrite$/su)]);
      }
      await put(key);
      expect(await said(false)).toEqual([expect.stringMatching(/^note .*has not been asked about the app/u)]);
      expect(await said(true)).toEqual([`ok       What Bluesky reads about the app stands at ${address}.`, `ok       Bluesky accepts the app ${address} with the key in ${parameter}.`]);
      await put(other);
      expect(await said(true)).toEqual([expect.stringMatching(/^warning .*stands another key than the one in/u), expect.stringMatching(/^error .*Bluesky refuses the app .*invalid_client: /u)]);
    } finally {
      await parameters.send(new DeleteParametersCommand({ Names: [parameter] }));
    }
  });

  it('are not asked where the callback is not known yet', async () => {
    const examination = await examine({ configurationFile, stage: 'prod', aws, bootstrapping: false, asking: true });
    expect(levelsOf(examination, /^YouTube is configured with the app one, and has not been asked about it/u)).toEqual(['note']);
  });
});

describe('npm run deploy', () => {
  it('stops before it builds anything, and says why', async () => {
    const env = { ...process.env, AWS_ENDPOINT_URL: aws.endpoint, FANFARE_CONFIG: join(directory, 'none.json') };
    const said = await new Promise<string>((resolve) => {
      execFile(process.execPath, [join(root, 'local/deploy-aws.ts'), '--stage', 'prod'], { env, timeout: 60_000 }, (error, stdout, stderr) =>
        resolve(`${typeof error?.code} ${error?.code}\n${stdout}${stderr}`),
      );
    });
    expect(said).toMatch(/^number 1\n/u);
    expect(said).toMatch(/^error {4}There is no configuration at .*none\.json/mu);
    expect(said).toContain('Nothing was deployed');
  });
});
