import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { writeWhole } from './files.ts';
import { localDirectory } from './paths.ts';

/** `.local/stack.json`: what other tools need to know of the stack that `npm start` runs. They rely on these names. */
export const stackFileSchema = z.strictObject({
  /** A path such as `/api/upload` is appended to it. */
  apiUrl: z.string(),
  awsEndpoint: z.string(),
  sandboxUrl: z.string(),
  /** A dashboard session of the demo tenant, good for 24 hours. */
  jwt: z.string(),
  apiKey: z.string(),
  /** Account ids by network. */
  accounts: z.record(z.string(), z.string()),
  tableName: z.string(),
  bucketName: z.string(),
  stateMachineArn: z.string(),
});
export type StackFile = z.infer<typeof stackFileSchema>;

export const stackFile = join(localDirectory, 'stack.json');

/** Writes it whole, readable by the owner only: it holds secrets of the local stage. Other fields of `stack` are left out. */
export function writeStackFile(stack: StackFile): void {
  const fields = z.object(stackFileSchema.shape).parse(stack);
  writeWhole(stackFile, `${JSON.stringify(fields, null, 2)}\n`, 0o600);
}

/** Null: nothing runs here. */
export function readStackFile(): StackFile | null {
  return existsSync(stackFile) ? stackFileSchema.parse(JSON.parse(readFileSync(stackFile, 'utf8'))) : null;
}

export function removeStackFile(): void {
  rmSync(stackFile, { force: true });
}
