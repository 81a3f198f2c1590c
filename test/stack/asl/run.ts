import { definitionSchema, type ChoiceState, type Scope, type State, type TaskState, type Template } from './definition.ts';

/** What a state machine calls: a function or another machine. */
export type Callee = (resource: string, payload: unknown) => unknown;

export interface Run {
  /** Every state that was entered, in order, those of a Map's iterations too. */
  readonly entered: readonly string[];
  /** The output, or the name of the error. */
  readonly ended: { readonly output: unknown } | { readonly error: string };
  /** What was waited for: seconds or timestamps. */
  readonly waits: readonly unknown[];
}

/** Runs a definition in memory, without time: what the language says of the states that we use, and a missing path is an error. */
export function run(definition: unknown, input: unknown, call: Callee): Run {
  const entered: string[] = [];
  const waits: unknown[] = [];
  const world: World = { call, entered, waits };
  try {
    const output = runScope(definitionSchema.parse(definition), input, world);
    return { entered, waits, ended: { output } };
  } catch (error) {
    if (!(error instanceof Died)) throw error;
    return { entered, waits, ended: { error: error.message } };
  }
}

interface World {
  readonly call: Callee;
  readonly entered: string[];
  readonly waits: unknown[];
}

/** A call that died for good, its retries spent, or a machine that failed; the message is the error's name. */
export class Died extends Error {
  override readonly name = 'Died';
}

const MAX_STATES = 10_000;

function runScope(scope: Scope, input: unknown, world: World): unknown {
  let data = input;
  let name: string | undefined = scope.StartAt;
  while (name !== undefined) {
    const state: State | undefined = scope.States[name];
    if (state === undefined) throw new Error(`There is no state ${name}.`);
    world.entered.push(name);
    if (world.entered.length > MAX_STATES) throw new Error('The machine does not end.');
    [name, data] = runState(state, data, world);
  }
  return data;
}

function runState(state: State, data: unknown, world: World): [string | undefined, unknown] {
  switch (state.Type) {
    case 'Task':
      return catching(state, data, () => [state.Next, put(data, state.ResultPath, callTask(state, data, world))]);
    case 'Map':
      return catching(state, data, () => {
        const items = read(state.ItemsPath, data);
        if (!Array.isArray(items)) throw new Died('States.Runtime');
        const results = items.map((item: unknown) => runScope(state.ItemProcessor, item, world));
        return [state.Next, put(data, state.ResultPath, results)];
      });
    case 'Choice':
      return [choose(state, data), data];
    case 'Wait':
      world.waits.push(read(state.SecondsPath ?? state.TimestampPath ?? '', data));
      return [state.Next, data];
    case 'Pass':
      return [state.Next, data];
    case 'Succeed':
      return [undefined, data];
    case 'Fail':
      throw new Died(state.Error);
  }
}

function callTask(state: TaskState, data: unknown, { call }: World): unknown {
  return call(state.Resource, fill(state.Parameters, data));
}

/** As after a time-out, the error output has no `Cause`. */
function catching(
  state: Extract<State, { readonly Catch: unknown }>,
  data: unknown,
  action: () => [string | undefined, unknown],
): [string | undefined, unknown] {
  try {
    return action();
  } catch (error) {
    const [catcher] = state.Catch;
    if (catcher === undefined || !(error instanceof Died)) throw error;
    return [catcher.Next, put(data, catcher.ResultPath, { Error: error.message })];
  }
}

function choose(state: ChoiceState, data: unknown): string | undefined {
  const rule = state.Choices.find((each) => {
    const value = read(each.Variable, data);
    return 'StringEquals' in each ? value === each.StringEquals : Number(value) > each.NumericGreaterThan;
  });
  return rule?.Next ?? state.Default;
}

function put(data: unknown, path: string | null | undefined, result: unknown): unknown {
  if (path === null) return data;
  return path === undefined ? result : { ...fieldsOf(data), [path.slice(2)]: result };
}

function fill(template: Template, data: unknown): unknown {
  if (typeof template !== 'object') return template;
  const fields = Object.entries(template).map(([name, value]) =>
    name.endsWith('.$') ? [name.slice(0, -2), read(typeof value === 'string' ? value : '', data)] : [name, fill(value, data)],
  );
  return Object.fromEntries(fields);
}

function read(expression: string, data: unknown): unknown {
  const text = /^States\.JsonToString\((.*)\)$/u.exec(expression)?.[1];
  if (text !== undefined) return JSON.stringify(read(text, data));
  if (expression.startsWith('$$.')) return `the ${expression.slice(3)}`;
  return expression
    .split('.')
    .slice(1)
    .reduce((value, name) => {
      const fields = fieldsOf(value);
      if (!Object.hasOwn(fields, name)) throw new Error(`${expression} is not in ${JSON.stringify(data)}.`);
      return fields[name];
    }, data);
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
