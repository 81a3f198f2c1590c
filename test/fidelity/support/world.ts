import { mkdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { createCleanup } from '../../../local/cleanup.ts';
import { localDirectory } from '../../../local/paths.ts';
import { listen } from '../../../local/ports.ts';
import { createTerminal } from '../../../local/terminal.ts';
import { startSandbox } from '../../../sandbox/server.ts';
import { files } from './files.ts';
import { install, type Installed } from './install.ts';

export interface FidelityWorld {
  readonly installed: Installed;
  /** The sandbox that `npm start` runs, with nothing changed. */
  readonly sandboxUrl: string;
  /** Where networks that pull find the files by name. */
  readonly mediaUrl: string;
  /** For what the programs read and write. */
  readonly directory: string;
}

declare module 'vitest' {
  export interface ProvidedContext {
    fidelity: FidelityWorld;
  }
}

/** Installs the programs, and starts what they are to find; all of it ends with this process. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const terminal = createTerminal();
  const cleanup = createCleanup();
  // Vitest does not tear down when it is ended by a signal.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void cleanup.run().finally(() => process.exit(130)));
  }
  const directory = join(localDirectory, 'fidelity');
  try {
    const installed = await install((what) => terminal.line(`${what} …`));
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(directory, { recursive: true });
    const sandbox = await startSandbox();
    cleanup.add(() => sandbox.stop());
    const media = createServer((request, response) => {
      const file = files[new URL(request.url ?? '/', 'http://media').pathname.slice(1)];
      if (file === undefined) response.writeHead(404).end();
      else response.writeHead(200, { 'content-type': file.contentType, 'content-length': file.bytes.byteLength }).end(request.method === 'HEAD' ? undefined : file.bytes);
    });
    const { port, stop } = await listen(media, '127.0.0.1');
    cleanup.add(stop);
    project.provide('fidelity', { installed, sandboxUrl: sandbox.url, mediaUrl: `http://127.0.0.1:${port}`, directory });
    return () => cleanup.run();
  } catch (error) {
    await cleanup.run();
    throw error;
  }
}
