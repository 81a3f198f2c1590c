import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeleteParametersCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientSettings, outsideAws, type LocalAws } from '../../local/aws.ts';
import { examine, type Examination } from '../../local/doctor/examine.ts';
import { root } from '../../local/paths.ts';

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

const levelsOf = ({ findings }: Examination, about: RegExp) => findings.filter(({ what }) => about.test(what)).map(({ level }) => level);

describe('the account of the caller', () => {
  it('is named, and each secret that is missing from it is an error with the command that makes it', async () => {
    const before = await examine({ configurationFile, stage: 'prod', aws, bootstrapping: false });
    expect(levelsOf(before, /^The AWS account is \d{12}, the region us-east-1/u)).toEqual(['ok']);
    expect(levelsOf(before, new RegExp(`${present} is there`, 'u'))).toEqual(['ok']);
    expect(before.findings.filter(({ level }) => level === 'error')).toEqual([
      { level: 'error', what: `The secret ${missing} is missing.`, remedy: expect.stringContaining(`put-parameter --type SecureString --name ${missing}`) },
    ]);
    expect(before.sound).toBe(false);
    expect(JSON.stringify(before)).not.toContain('planted-secret');

    await parameters.send(new PutParameterCommand({ Name: missing, Value: 'planted-secret', Type: 'String' }));
    const after = await examine({ configurationFile, stage: 'prod', aws, bootstrapping: false });
    expect(levelsOf(after, new RegExp(`${missing} is a String, and not encrypted`, 'u'))).toEqual(['warning']);
    expect(after.sound).toBe(true);
  });

  it("is asked for Lambda's limit, whatever it answers", async () => {
    const examination = await examine({ configurationFile, stage: null, aws, bootstrapping: false });
    expect(levelsOf(examination, /^Lambda(?:'s concurrency limit could not be read| runs )/u)).toHaveLength(1);
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
