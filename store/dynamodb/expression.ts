/**
 * Conditions and changes of an item as values, from which DynamoDB's expressions are written: every name goes through a
 * placeholder, since ordinary words (`status`, `error`, `name`) are reserved.
 */

/** An attribute, or the way to one inside maps. */
export type Path = string | readonly string[];

/** The placeholders of one request. */
export interface Scope {
  name(path: Path): string;
  value(value: unknown): string;
}

export interface Condition {
  /** Whether it is several conditions, and needs parentheses inside another. (DynamoDB refuses superfluous ones.) */
  readonly joined: boolean;
  readonly write: (scope: Scope) => string;
}

export interface Change {
  readonly action: 'SET' | 'REMOVE';
  readonly path: readonly string[];
  readonly write: (scope: Scope) => string;
}

const single = (write: Condition['write']): Condition => ({ joined: false, write });

export const exists = (path: Path) => single((scope) => `attribute_exists(${scope.name(path)})`);
export const missing = (path: Path) => single((scope) => `attribute_not_exists(${scope.name(path)})`);
export const equals = (path: Path, value: unknown) => single((scope) => `${scope.name(path)} = ${scope.value(value)}`);
export const differs = (path: Path, value: unknown) => single((scope) => `${scope.name(path)} <> ${scope.value(value)}`);
export const below = (path: Path, value: unknown) => single((scope) => `${scope.name(path)} < ${scope.value(value)}`);
export const above = (path: Path, value: unknown) => single((scope) => `${scope.name(path)} > ${scope.value(value)}`);
export const atMost = (path: Path, value: unknown) => single((scope) => `${scope.name(path)} <= ${scope.value(value)}`);
export const oneOf = (path: Path, values: readonly unknown[]) =>
  single((scope) => `${scope.name(path)} IN (${values.map((value) => scope.value(value)).join(', ')})`);
export const all = (...conditions: readonly Condition[]) => joined('AND', conditions);
export const any = (...conditions: readonly Condition[]) => joined('OR', conditions);

function joined(word: 'AND' | 'OR', conditions: readonly Condition[]): Condition {
  return {
    joined: conditions.length > 1 || conditions.some((condition) => condition.joined),
    write: (scope) => {
      const texts = conditions.map((condition) => ({ text: condition.write(scope), joined: condition.joined }));
      return texts.map(({ text, joined }) => (joined && texts.length > 1 ? `(${text})` : text)).join(` ${word} `);
    },
  };
}

export const set = (path: Path, value: unknown): Change => ({
  action: 'SET',
  path: steps(path),
  write: (scope) => `${scope.name(path)} = ${scope.value(value)}`,
});

/** Sets it unless it has a value. */
export const setOnce = (path: Path, value: unknown): Change => ({
  action: 'SET',
  path: steps(path),
  write: (scope) => `${scope.name(path)} = if_not_exists(${scope.name(path)}, ${scope.value(value)})`,
});

/** Raises a number, from 0 if it is not there. */
export const increase = (path: Path, by: number): Change => ({
  action: 'SET',
  path: steps(path),
  write: (scope) => `${scope.name(path)} = if_not_exists(${scope.name(path)}, ${scope.value(0)}) + ${scope.value(by)}`,
});

export const append = (path: Path, values: readonly unknown[]): Change => ({
  action: 'SET',
  path: steps(path),
  write: (scope) => `${scope.name(path)} = list_append(${scope.name(path)}, ${scope.value(values)})`,
});

export const remove = (path: Path): Change => ({ action: 'REMOVE', path: steps(path), write: (scope) => scope.name(path) });

/** What is null is kept as no attribute at all, so that conditions need to ask only whether it is there. */
export const setOrRemove = (path: Path, value: unknown): Change => (value === null ? remove(path) : set(path, value));

export interface Expressions {
  readonly UpdateExpression?: string;
  readonly ConditionExpression?: string;
  readonly ExpressionAttributeNames?: Record<string, string>;
  readonly ExpressionAttributeValues?: Record<string, unknown>;
}

/** The expressions of one request. Throws for changes that DynamoDB refuses (though emulators do not): paths that overlap. */
export function expressions(condition: Condition | null, changes: readonly Change[]): Expressions {
  refuseOverlaps(changes);
  const names = new Map<string, string>();
  const values = new Map<string, unknown>();
  const scope: Scope = {
    name: (path) => steps(path).map((step) => placeholder(names, step)).join('.'),
    value: (value) => {
      const key = `:v${values.size}`;
      values.set(key, value);
      return key;
    },
  };
  const clause = (action: Change['action']) => {
    const written = changes.filter((change) => change.action === action).map((change) => change.write(scope));
    return written.length === 0 ? [] : [`${action} ${written.join(', ')}`];
  };
  const update = [...clause('SET'), ...clause('REMOVE')].join(' ');
  const conditionText = condition?.write(scope) ?? '';
  return {
    ...(update === '' ? {} : { UpdateExpression: update }),
    ...(conditionText === '' ? {} : { ConditionExpression: conditionText }),
    ...(names.size === 0 ? {} : { ExpressionAttributeNames: Object.fromEntries([...names].map(([name, key]) => [key, name])) }),
    ...(values.size === 0 ? {} : { ExpressionAttributeValues: Object.fromEntries(values) }),
  };
}

function steps(path: Path): readonly string[] {
  return typeof path === 'string' ? [path] : path;
}

function placeholder(names: Map<string, string>, step: string): string {
  const known = names.get(step);
  if (known !== undefined) return known;
  const key = `#n${names.size}`;
  names.set(step, key);
  return key;
}

function refuseOverlaps(changes: readonly Change[]): void {
  for (const [i, one] of changes.entries()) {
    for (const other of changes.slice(i + 1)) {
      const shared = Math.min(one.path.length, other.path.length);
      if (one.path.slice(0, shared).some((step, n) => step !== other.path[n])) continue;
      throw new Error(`The changes of ${one.path.join('.')} and ${other.path.join('.')} overlap.`);
    }
  }
}
