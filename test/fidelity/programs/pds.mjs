/**
 * A real server of Bluesky accounts (a PDS) with a directory of identities in memory, empty at every start. It begins with the
 * ports, folder and limits that the JSON file of its first argument says, writes the second file when it is ready, and ends on SIGTERM.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PDS } from '@atproto/pds';
import { Database, PlcServer } from '@did-plc/server';
import { moveClock } from './clock.mjs';

const { port, plcPort, clockPort, directory, blobLimit, rateLimits, apps } = JSON.parse(readFileSync(process.argv[2], 'utf8'));

// Apps are known by an https address with a public name, which leads to this machine here.
const { fetch } = globalThis;
globalThis.fetch = (input, init) => {
  const address = input instanceof Request ? input.url : String(input);
  const app = Object.keys(apps).find((origin) => address.startsWith(`${origin}/`));
  return app === undefined ? fetch(input, init) : fetch(apps[app] + address.slice(app.length));
};

if (clockPort !== null) await moveClock(clockPort);
mkdirSync(directory, { recursive: true });
const plc = PlcServer.create({ db: Database.mock(), port: plcPort });
await plc.start();
const pds = await PDS.fromEnv({
  // Plain HTTP, and addresses of this machine.
  devMode: true,
  disableSsrfProtection: true,
  hostname: 'localhost',
  port,
  dataDirectory: directory,
  blobstoreDiskLocation: join(directory, 'blobs'),
  // What the large servers take; 5 MiB if nothing is said.
  blobUploadLimit: blobLimit,
  didPlcUrl: `http://localhost:${plcPort}`,
  plcRotationKeyK256PrivateKeyHex: randomBytes(32).toString('hex'),
  adminPassword: randomBytes(16).toString('hex'),
  jwtSecret: randomBytes(16).toString('hex'),
  dpopSecret: randomBytes(32).toString('hex'),
  serviceHandleDomains: ['.test'],
  inviteRequired: false,
  rateLimitsEnabled: rateLimits,
});
await pds.start();
writeFileSync(process.argv[3], '{}');

async function stop() {
  await pds.destroy();
  await plc.destroy();
  process.exit(0);
}

process.once('SIGTERM', () => void stop());
