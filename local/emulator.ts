import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './ports.ts';
import { lastLines, startProcess, type SupervisedProcess } from './process.ts';
import { emulatorPython, pythonScript } from './python.ts';

/** MiniStack, an AWS emulator in one process, with settings under which it resembles AWS most. */

export interface EmulatorOptions {
  /** A folder of its own: unpacked functions, objects and the log go there. */
  readonly directory: string;
  /** Hears what takes long. */
  readonly onWork?: (what: string) => void;
}

export interface Emulator {
  /** `http://127.0.0.1:<port>`. */
  readonly endpoint: string;
  readonly log: string;
  /** Settles when it ends, whoever ended it, with its exit code. */
  readonly exited: Promise<number>;
  /** Ends it and every function that it runs, and removes what it stored. */
  stop(): Promise<void>;
}

/** Its credentials, and the region of everything local. */
export const emulatorCredentials = { accessKeyId: 'test', secretAccessKey: 'test' } as const;
export const localRegion = 'us-east-1';

const READY_TIMEOUT_MS = 30_000;
const LOOK_MS = 50;
const PORT_TRIES = 3;

/** Starts the emulator on a free port and waits until it answers. */
export async function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  const script = await pythonScript(emulatorPython, 'ministack', options.onWork);
  for (let attempt = 1; ; attempt += 1) {
    const emulator = await start(script, options.directory);
    if (emulator !== null) return emulator;
    // Another program may have taken the port between our choice and the emulator's own attempt.
    if (attempt === PORT_TRIES) {
      const log = logOf(options.directory);
      throw new Error(`The AWS emulator did not start. The end of ${log}:\n${lastLines(log)}`);
    }
  }
}

function logOf(directory: string): string {
  return join(directory, 'emulator.log');
}

async function start(script: string, directory: string): Promise<Emulator | null> {
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const work = join(directory, 'emulator');
  rmSync(work, { recursive: true, force: true });
  for (const folder of ['tmp', 'state', 's3', 'home']) mkdirSync(join(work, folder), { recursive: true });
  // The emulator's own script around a function is CommonJS, and would else be taken for what the project's package.json says.
  writeFileSync(join(work, 'package.json'), '{"type":"commonjs"}');
  const log = logOf(directory);
  rmSync(log, { force: true });
  const child = startProcess({
    command: script,
    directory: work,
    output: { file: log },
    environment: environment(port, work),
  });
  const stop = async () => {
    await child.stop();
    rmSync(work, { recursive: true, force: true, maxRetries: 3 });
  };
  if (await ready(endpoint, child)) return { endpoint, log, exited: child.exited, stop };
  await stop();
  return null;
}

/** A clean environment: functions inherit everything that the emulator has. */
function environment(port: number, work: string): Record<string, string | undefined> {
  return {
    // The emulator runs `node` from PATH whatever a function's runtime says: the one that runs this.
    PATH: [dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(':'),
    ...(process.platform === 'win32' && { PATH: process.env['PATH'], SystemRoot: process.env['SystemRoot'] }),
    LANG: 'C.UTF-8',
    GATEWAY_PORT: String(port),
    BIND_HOST: '127.0.0.1',
    MINISTACK_HOST: '127.0.0.1',
    // Functions are held to their roles, buckets to their policies, S3 answers CORS as configured.
    AUTH: 'true',
    HOME: join(work, 'home'),
    TMPDIR: join(work, 'tmp'),
    STATE_DIR: join(work, 'state'),
    S3_DATA_DIR: join(work, 's3'),
    LAMBDA_EXECUTOR: 'local',
    // Surplus workers of a function live this long; the first one stays.
    LAMBDA_WARM_TTL_SECONDS: '30',
    IOT_MTLS_ENABLED: '0',
    SFTP_ENABLED: '0',
    AWS_ACCESS_KEY_ID: emulatorCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: emulatorCredentials.secretAccessKey,
    AWS_REGION: localRegion,
    // Each cold start of a function would print this deprecation of a dependency into its log.
    NODE_OPTIONS: '--disable-warning=DEP0169',
  };
}

async function ready(endpoint: string, child: SupervisedProcess): Promise<boolean> {
  const giveUpAt = Date.now() + READY_TIMEOUT_MS;
  while (child.exitCode() === null && Date.now() < giveUpAt) {
    try {
      const answer = await fetch(`${endpoint}/_ministack/health`, { signal: AbortSignal.timeout(2000) });
      if (answer.ok) return true;
    } catch (error) {
      // Not listening yet.
      if (!(error instanceof Error)) throw error;
    }
    await sleep(LOOK_MS);
  }
  return false;
}
