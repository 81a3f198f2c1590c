import { join } from 'node:path';
import { emulatorCredentials, localRegion, startEmulator } from '../../local/emulator.ts';
import { localDirectory } from '../../local/paths.ts';

/** Starts the AWS emulator once for all tests of the adapters, unless `AWS_ENDPOINT_URL` names another endpoint. */
export async function setup(): Promise<(() => Promise<void>) | undefined> {
  Object.assign(process.env, {
    AWS_REGION: localRegion,
    AWS_ACCESS_KEY_ID: emulatorCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: emulatorCredentials.secretAccessKey,
  });
  delete process.env['AWS_SESSION_TOKEN'];
  delete process.env['AWS_PROFILE'];
  if (process.env['AWS_ENDPOINT_URL'] !== undefined) return undefined;
  const emulator = await startEmulator({ directory: join(localDirectory, 'adapters'), onWork: console.log });
  process.env['AWS_ENDPOINT_URL'] = emulator.endpoint;
  return async () => {
    delete process.env['AWS_ENDPOINT_URL'];
    await emulator.stop();
  };
}
