import type { Log } from '../../core/ports/index.ts';
import { isSecretName, redactText } from '../../core/redact.ts';
import { readEnvironment } from '../environment.ts';
import { metricsOf } from './metrics.ts';

export type LogFields = Readonly<Record<string, unknown>>;

const MAX_DEPTH = 6;
const MAX_ITEMS = 100;

/** The log of one invocation. */
export interface InvocationLog extends Log {
  /** Adds to what all further lines share: what is found out on the way. */
  know(fields: LogFields): void;
}

export interface LogOptions {
  readonly write?: (line: string) => void;
  /** Where CloudWatch puts the metrics that lines carry; null: they carry none. */
  readonly namespace?: string | null;
}

/**
 * A log of one JSON object a line: `time`, `level`, `message`, then `context` and the call's own fields. `context` is what
 * all lines of an invocation share (request id, tenant, upload, account). Secrets are removed by name and by form.
 */
export function jsonLog(context: LogFields = {}, { write = toStandardOutput, namespace = null }: LogOptions = {}): InvocationLog {
  let shared = withoutSecrets(context);
  const line = (level: 'info' | 'warn' | 'error', message: string, given: LogFields = {}): void => {
    const at = new Date();
    const fields = { ...shared, ...withoutSecrets(given) };
    const metrics = namespace === null ? {} : metricsOf(namespace, { message, at, fields });
    write(JSON.stringify({ time: at.toISOString(), level, message: redactText(message), ...fields, ...metrics }));
  };
  return {
    info: (message, fields) => line('info', message, fields),
    warn: (message, fields) => line('warn', message, fields),
    error: (message, fields) => line('error', message, fields),
    know: (fields) => void (shared = { ...shared, ...withoutSecrets(fields) }),
  };
}

/** The log of a deployed function, whose lines carry the stage's metrics. Asked for once per cold start. */
export function functionLog(): (context: LogFields) => InvocationLog {
  const { METRICS_NAMESPACE: namespace } = readEnvironment(['METRICS_NAMESPACE']);
  return (context) => jsonLog(context, { namespace });
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
