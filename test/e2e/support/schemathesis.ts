import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { startProcess } from '../../../local/process.ts';
import { fuzzerPython, pythonScript } from '../../../local/python.ts';
import { patternOf, undocumented } from '../../support/documented.ts';
import type { FuzzWorld } from './fuzz-world.ts';
import { stack } from './stack.ts';

/** Runs Schemathesis (https://schemathesis.readthedocs.io), which makes requests of an OpenAPI document and judges the answers. */

export interface FuzzRun {
  readonly exitCode: number;
  /** What it printed: each failure with a command that repeats it. */
  readonly output: string;
  /** Every request that it sent, in order. */
  readonly exchanges: readonly Exchange[];
}

export interface Exchange {
  /** As in the route table: `GET /api/upload/{uploadId}`. */
  readonly operation: string;
  readonly status: number;
  /** What the document does not promise of the answer, by the check that all answers of our tests go through. */
  readonly faults: readonly string[];
}

export interface FuzzOptions {
  readonly document: unknown;
  readonly world: FuzzWorld;
  /** Requests that it makes up for an operation, at most. */
  readonly maxExamples: number;
  readonly seed: number;
}

/** What must hold of every answer. Left out: that a wrong method is 405, since API Gateway answers 404. */
const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
  'negative_data_rejection',
  'ignored_auth',
] as const;

const entry = z.object({
  request: z.object({ method: z.string(), url: z.string() }),
  response: z.object({
    status: z.int(),
    headers: z.array(z.object({ name: z.string(), value: z.string() })),
    content: z.object({ text: z.string().default('') }),
  }),
});

/** HTTP Archive 1.2, as far as it is read here. */
const har = z.object({ log: z.object({ entries: z.array(entry) }) });

export async function fuzz({ document, world, maxExamples, seed }: FuzzOptions): Promise<FuzzRun> {
  const script = await pythonScript(fuzzerPython, 'schemathesis', console.log);
  const directory = join(stack.directory, 'fuzz');
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const file = (name: string) => join(directory, name);
  writeFileSync(file('openapi.json'), JSON.stringify(document));
  writeFileSync(file('schemathesis.toml'), configuration(world));
  const parameters = [
    `--config-file=${file('schemathesis.toml')}`,
    'run',
    file('openapi.json'),
    `--url=${stack.apiUrl}`,
    '--phases=examples,coverage,fuzzing',
    `--checks=${CHECKS.join(',')}`,
    '--continue-on-failure',
    `--max-examples=${maxExamples}`,
    `--seed=${seed}`,
    '--generation-database=none',
    '--no-shrink',
    // One: Python 3.11 may fail to parse in two threads at once ("AST constructor recursion depth mismatch").
    '--workers=1',
    '--request-timeout=30',
    '--report=har',
    `--report-har-path=${file('har.json')}`,
    '--no-color',
  ];
  const child = startProcess({
    command: script,
    parameters,
    directory,
    environment: { PATH: process.env['PATH'], HOME: directory, LANG: 'C.UTF-8', PYTHONUTF8: '1', COLUMNS: '160', FUZZ_API_KEY: world.tenant.apiKey, FUZZ_SESSION: world.tenant.jwt },
    output: { file: file('output.txt') },
  });
  const exitCode = await child.exited;
  const { entries } = har.parse(JSON.parse(readFileSync(file('har.json'), 'utf8'))).log;
  return { exitCode, output: readFileSync(file('output.txt'), 'utf8'), exchanges: entries.map(exchangeOf) };
}

function exchangeOf({ request: { method, url }, response: { status, headers, content } }: z.output<typeof entry>): Exchange {
  const path = new URL(url).pathname.slice(new URL(stack.apiUrl).pathname.length);
  const header = (name: string) => headers.find((each) => each.name.toLowerCase() === name.toLowerCase())?.value ?? null;
  const isJson = /^application\/(?:[a-z]+\+)?json/u.test(header('Content-Type') ?? '');
  const body: unknown = isJson ? JSON.parse(content.text) : content.text;
  return { operation: `${method} ${patternOf(path) ?? path}`, status, faults: undocumented({ method, path, status, header, body }) };
}

/** Operations with all fields of another one, or nearly: the three forms of `createUpload` would have every option tried three times. */
const SHARING = ['openMultipart', 'validateUpload', 'uploadForm', 'editUpload', 'createUpload'] as const;
/** Operations after which an upload waits no more. */
const ENDING = ['cancelUpload', 'publishNow'] as const;

/** TOML, in which a JSON string is a string too. */
function configuration({ objects, expendable }: FuzzWorld): string {
  const text = JSON.stringify;
  const from = (dictionary: string) => `{ dictionary = ${text(dictionary)}, probability = 0.8 }`;
  const dictionaries = { ...objects, lostAccount: expendable.accountIds, lostKey: expendable.keyIds, lostUpload: expendable.uploadIds };
  return `
[auth.openapi]
apiKey = { api_key = "\${FUZZ_API_KEY}" }
session = { bearer = "\${FUZZ_SESSION}" }

# Nothing is taken from answers: one of them names the very key that is used here, and it would be revoked.
[phases.examples]
extra-data-sources.responses = false
[phases.coverage]
extra-data-sources.responses = false
unexpected-methods = []
[phases.fuzzing]
extra-data-sources.responses = false

# Spaces around the value of a header are no part of it (RFC 9110, section 5.5), so they make no value wrong.
[generation]
exclude-header-characters = "\\r\\n\\t "

# 413 is a refusal too.
[checks.negative_data_rejection]
expected-statuses = [400, 401, 403, 404, 409, 412, 413, 415, 422, 429]

# The fields of these are those of presignPut, which has all of this: at their edges they would be tried five times.
${SHARING.map((operationId) => `[[operations]]\ninclude-operation-id = ${text(operationId)}\nphases.coverage.enabled = false\n`).join('\n')}
# What these end stays as it is, so they get uploads of their own.
${ENDING.map((operationId) => `[[operations]]\ninclude-operation-id = ${text(operationId)}\nparameters = { "path.uploadId" = ${from('lostUpload')} }\n`).join('\n')}

${Object.entries(dictionaries).map(([name, values]) => `[dictionaries.${name}]\nvalues = ${text([values].flat())}\n`).join('\n')}
[parameters]
"path.uploadId" = ${from('uploadId')}
"query.accountId" = ${from('accountId')}
"query.cursor" = ${from('cursor')}
"body.accounts[*]" = ${from('accountId')}
"body.sessionToken" = ${from('sessionToken')}
"body.uploadId" = ${from('uploadId')}
"body.mediaId" = ${from('mediaId')}
"body.media[*]" = ${from('mediaId')}
"path.mediaId" = ${from('mediaId')}
"path.accountId" = ${from('lostAccount')}
"path.keyId" = ${from('lostKey')}
`;
}
