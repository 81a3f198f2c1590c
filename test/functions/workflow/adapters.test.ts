import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SSMClient } from '@aws-sdk/client-ssm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Platform } from '../../../platforms/platform.ts';
import { eventBridgeEvents } from '../../../functions/workflow/events.ts';
import { configuredNetworks } from '../../../functions/workflow/networks.ts';
import { secretReader } from '../../../functions/workflow/secrets.ts';
import { platforms } from '../../../platforms/registry.ts';

/** An AWS endpoint that answers each request with what the test says, and keeps what it was asked. */
let server: Server;
let asked: { readonly target: string; readonly body: unknown }[];
let answer: { readonly status: number; readonly body: unknown };
let options: { readonly endpoint: string; readonly region: string; readonly credentials: { accessKeyId: string; secretAccessKey: string }; readonly maxAttempts: number };

beforeEach(async () => {
  asked = [];
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      asked.push({ target: String(request.headers['x-amz-target']), body: JSON.parse(Buffer.concat(chunks).toString()) });
      response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(answer.body));
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  options = { endpoint: `http://127.0.0.1:${port}`, region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' }, maxAttempts: 1 };
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => void server.close(resolve));
});

describe('announcing on EventBridge', () => {
  const event = { version: 1, uploadId: 'upl_1', tenantId: 'ten_1', revision: 1, status: 'Uploaded', accounts: [] } as const;

  it('puts the documented event', async () => {
    answer = { status: 200, body: { FailedEntryCount: 0, Entries: [{ EventId: 'x' }] } };
    await eventBridgeEvents({ client: new EventBridgeClient(options), busName: 'default' }).uploadFinished(event);
    expect(asked).toHaveLength(1);
    expect(asked[0]?.target).toBe('AWSEvents.PutEvents');
    expect(asked[0]?.body).toMatchObject({ Entries: [{ EventBusName: 'default', Source: 'fanfare', DetailType: 'Upload Finished', Detail: JSON.stringify(event) }] });
  });

  it('throws when the bus takes the request and refuses the event', async () => {
    answer = { status: 200, body: { FailedEntryCount: 1, Entries: [{ ErrorCode: 'ThrottlingException', ErrorMessage: 'later' }] } };
    const events = eventBridgeEvents({ client: new EventBridgeClient(options), busName: 'default' });
    await expect(events.uploadFinished(event)).rejects.toThrow('ThrottlingException: later');
  });
});

describe('the networks of an installation', () => {
  const [platform] = platforms as readonly [Platform, ...Platform[]];
  const configured = { [platform.network]: { clientId: 'client', clientSecretParameter: '/fanfare/secret', endpoints: { api: 'http://sandbox' } } };
  let now: Date;
  const networks = () =>
    configuredNetworks({ platforms, configured, secret: secretReader({ ssm: () => new SSMClient(options), clock: { now: () => now } }) });

  beforeEach(() => {
    now = new Date('2030-01-01T00:00:00Z');
    answer = { status: 200, body: { Parameter: { Value: 'secret-1' } } };
  });

  it('have the connectors of this release, and no others', () => {
    expect(networks().connector(platform.network)).toBe(platform);
    expect(networks().connector('__proto__')).toBeUndefined();
  });

  it('have the real addresses but for those that the configuration replaces, and the secret from the parameter store', async () => {
    const settings = await networks().settings(platform.network);
    expect(settings).toEqual({ endpoints: { ...platform.defaultEndpoints, api: 'http://sandbox' }, app: { clientId: 'client', clientSecret: 'secret-1' } });
    expect(asked).toEqual([{ target: 'AmazonSSM.GetParameter', body: { Name: '/fanfare/secret', WithDecryption: true } }]);
  });

  it('have the app of another network by whose login accounts are linked too, whose secret is read when it is asked for, and none where it is not configured', async () => {
    const app = { clientSecretParameter: '/fanfare/secret', endpoints: {} };
    const configured = { instagram: { clientId: 'ig', ...app }, facebook: { clientId: 'fb', ...app, clientSecretParameter: '/fanfare/facebook' } };
    const secret = secretReader({ ssm: () => new SSMClient(options), clock: { now: () => now } });
    const { loginApp } = await configuredNetworks({ platforms, configured, secret }).settings('instagram');
    expect(asked.map(({ body }) => body)).toEqual([{ Name: '/fanfare/secret', WithDecryption: true }]);
    expect(await loginApp?.()).toEqual({ clientId: 'fb', clientSecret: 'secret-1' });
    expect(asked).toHaveLength(2);
    const alone = await configuredNetworks({ platforms, configured: { instagram: configured.instagram }, secret }).settings('instagram');
    expect(await alone.loginApp?.()).toBeNull();
    expect((await networks().settings(platform.network)).loginApp).toBeUndefined();
  });

  it('read a secret once, and see a replaced one after ten minutes', async () => {
    const own = networks();
    await own.settings(platform.network);
    answer = { status: 200, body: { Parameter: { Value: 'secret-2' } } };
    now = new Date('2030-01-01T00:09:59Z');
    expect((await own.settings(platform.network)).app.clientSecret).toBe('secret-1');
    expect(asked).toHaveLength(1);
    now = new Date('2030-01-01T00:10:00Z');
    expect((await own.settings(platform.network)).app.clientSecret).toBe('secret-2');
  });

  it('say which one is not configured', async () => {
    await expect(networks().settings('other')).rejects.toThrow('The network other is not configured');
    await expect(networks().settings('constructor')).rejects.toThrow('not configured');
  });
});
