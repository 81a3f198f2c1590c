import type { Log } from '../../core/ports/index.ts';
import { isSecretName, redactText } from '../../core/redact.ts';

export type LogFields = Readonly<Record<string, unknown>>;

const MAX_DEPTH = 6;
const MAX_ITEMS = 100;

/**
 * A log of one JSON object a line: `time`, `level`, `message`, then `context` and the call's own fields. `context` is what
 * all lines of an invocation share (request id, tenant, upload, account). Secrets are removed by name and by form.
 */
export function jsonLog(context: LogFields = {}, write: (line: string) => void = toStandardOutput): Log {
  const line = (level: 'info' | 'warn' | 'error', message: string, fields: LogFields = {}): void => {
    write(
      JSON.stringify({
        time: new Date().toISOString(),
        level,
        message: redactText(message),
        ...withoutSecrets(context),
        ...withoutSecrets(fields),
      }),
    );
  };
  return {
    info: (message, fields) => line('info', message, fields),
    warn: (message, fields) => line('warn', message, fields),
    error: (message, fields) => line('error', message, fields),
  };
}

/** Past `console`, which on Lambda puts a prefix before each line. */
function toStandardOutput(line: string): void {
  process.stdout.write(`${line}\n`);
}

function withoutSecrets(fields: LogFields): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, isSecretName(name) ? hidden(value) : clean(value, 1)]),
  );
}

function clean(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return '[deeper]';
  if (value instanceof Error) return cleanError(value, depth);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map((item: unknown) => clean(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, MAX_ITEMS)
      .map(([name, item]) => [name, isSecretName(name) ? hidden(item) : clean(item, depth + 1)]),
  );
}

function cleanError(error: Error, depth: number): Record<string, unknown> {
  return {
    name: error.name,
    message: redactText(error.message),
    ...(error.stack === undefined ? {} : { stack: redactText(error.stack) }),
    ...(error.cause === undefined ? {} : { cause: clean(error.cause, depth + 1) }),
  };
}

/** An absent secret may be told from one that was removed. */
function hidden(value: unknown): unknown {
  return value === null || value === undefined ? value : '[removed]';
}
