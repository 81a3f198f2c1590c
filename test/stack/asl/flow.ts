import type { ChoiceState, Definition, Scope, State, TaskState } from './definition.ts';
import { fill, PathProblem, read, type Reading } from './path.ts';
import { alternatives, anything, either, fits, type Shape } from './shape.ts';

/** What is called takes and gives. */
export interface Contract {
  /** The input of this machine. */
  readonly input: Shape;
  /** Functions by the text that stands for their ARN. */
  readonly functions: Readonly<Record<string, { readonly input: Shape; readonly output: Shape }>>;
  /** Inputs of machines, by the text or path that names their ARN. */
  readonly machines: Readonly<Record<string, Shape>>;
}

const START_EXECUTION = ['arn:aws:states:::states:startExecution', 'arn:aws:states:::states:startExecution.sync:2'];

/** What a `Catch` is sure to put down: after a time-out there is no `Cause`. */
const ERROR_OUTPUT: Shape = { kind: 'object', fields: { Error: { kind: 'string' } } };

/**
 * Follows the data along every way through a definition: each state is visited with every shape of input that can reach it. A
 * path must be there in each of them, what is passed on must fit what is called, a Choice must have an answer to all of them.
 */
export function flowProblems(definition: Definition, contract: Contract): readonly string[] {
  return scopeProblems(definition, contract.input, false, contract);
}

function scopeProblems(scope: Scope, input: Shape, inMap: boolean, contract: Contract): readonly string[] {
  const problems = new Set<string>();
  const matched = new Set<string>();
  const seen = new Map<string, Shape>();
  const waiting = alternatives(input).map((data) => ({ name: scope.StartAt, data }));
  for (let visit = waiting.pop(); visit !== undefined; visit = waiting.pop()) {
    const { name, data } = visit;
    const key = `${name} ${JSON.stringify(data)}`;
    const state = scope.States[name];
    if (state === undefined || seen.has(key)) continue;
    seen.set(key, data);
    const report = (problem: string): void => void problems.add(`${name}: ${problem}`);
    const walk: Walk = { name, contract, reading: { data, inMap }, report, matched };
    for (const { next, output } of visitState(state, walk)) {
      waiting.push(...alternatives(output).map((each) => ({ name: next, data: each })));
    }
  }
  for (const [name, state] of Object.entries(scope.States)) {
    if (state.Type !== 'Choice' || ![...seen.keys()].some((key) => key.startsWith(`${name} `))) continue;
    for (const [index, rule] of state.Choices.entries()) {
      if (!matched.has(`${name} ${index}`)) problems.add(`${name}: nothing ever matches the rule that leads to ${rule.Next}`);
    }
  }
  return [...problems];
}

interface Walk {
  readonly name: string;
  readonly contract: Contract;
  readonly reading: Reading;
  readonly report: (problem: string) => void;
  /** The rules of Choices that something has matched. */
  readonly matched: Set<string>;
}

interface Edge {
  readonly next: string;
  readonly output: Shape;
}

function visitState(state: State, walk: Walk): readonly Edge[] {
  const { data } = walk.reading;
  switch (state.Type) {
    case 'Task': {
      const result = checkCall(state, walk);
      const onwards = state.Next === undefined ? [] : [{ next: state.Next, output: put(data, state.ResultPath, result) }];
      return [...onwards, ...caughtBy(state.Catch, data)];
    }
    case 'Map': {
      const items = attempt(walk, () => read(state.ItemsPath, walk.reading)) ?? anything;
      if (items.kind === 'array') {
        for (const problem of scopeProblems(state.ItemProcessor, items.items, true, walk.contract)) walk.report(problem);
      } else if (items.kind !== 'anything') walk.report(`ItemsPath ${state.ItemsPath} is no list`);
      return [{ next: state.Next, output: put(data, state.ResultPath, { kind: 'array', items: anything }) }, ...caughtBy(state.Catch, data)];
    }
    case 'Choice':
      return choose(state, walk);
    case 'Wait': {
      if (state.SecondsPath !== undefined) demand(walk, state.SecondsPath, { kind: 'number', whole: true }, 'is no whole number of seconds');
      if (state.TimestampPath !== undefined) demand(walk, state.TimestampPath, { kind: 'string', time: true }, 'is no timestamp');
      return [{ next: state.Next, output: data }];
    }
    case 'Pass':
      return state.Next === undefined ? [] : [{ next: state.Next, output: data }];
    case 'Succeed':
    case 'Fail':
      return [];
  }
}

function checkCall(state: TaskState, walk: Walk): Shape {
  const { contract, report } = walk;
  const payload = attempt(walk, () => fill(state.Parameters, walk.reading));
  const called = contract.functions[state.Resource];
  if (called !== undefined) {
    if (payload !== undefined && !fits(payload, called.input)) report(`the payload is not what ${state.Resource} takes`);
    return called.output;
  }
  if (!START_EXECUTION.includes(state.Resource)) report(`${state.Resource} is not known`);
  else if (payload !== undefined) checkStart(state, payload, walk);
  return anything;
}

/** `Name`, where one is given, and an `Input` that the started machine takes. */
function checkStart(state: TaskState, payload: Shape, { contract, report }: Walk): void {
  const parameters = typeof state.Parameters === 'object' ? state.Parameters : {};
  const machine = parameters['StateMachineArn'] ?? parameters['StateMachineArn.$'];
  const wanted = typeof machine === 'string' ? contract.machines[machine] : undefined;
  if (wanted === undefined) return report(`StateMachineArn names no machine that is known: ${JSON.stringify(machine)}`);
  const fields: Record<string, Shape> = { StateMachineArn: { kind: 'string' }, Input: wanted };
  if ('Name' in parameters || 'Name.$' in parameters) fields['Name'] = { kind: 'string' };
  if (!fits(payload, { kind: 'object', fields })) report('the input is not what the started machine takes');
}

function choose(state: ChoiceState, walk: Walk): readonly Edge[] {
  const edges: Edge[] = [];
  let rest = [walk.reading.data];
  for (const [index, rule] of state.Choices.entries()) {
    const remaining: Shape[] = [];
    for (const data of rest) {
      const tested = attempt(walk, () => read(rule.Variable, { ...walk.reading, data }));
      if (tested === undefined) return edges;
      const kind = 'StringEquals' in rule ? 'string' : 'number';
      if (tested.kind !== kind) walk.report(`${rule.Variable} is compared as ${kind}, and is ${tested.kind}`);
      const values = 'StringEquals' in rule && tested.kind === 'string' ? tested.values : undefined;
      if (values === undefined || !('StringEquals' in rule)) {
        walk.matched.add(`${walk.name} ${index}`);
        edges.push({ next: rule.Next, output: data });
        remaining.push(data);
        continue;
      }
      const others = values.filter((value) => value !== rule.StringEquals);
      if (others.length < values.length) {
        walk.matched.add(`${walk.name} ${index}`);
        edges.push({ next: rule.Next, output: narrow(data, rule.Variable, [rule.StringEquals]) });
      }
      if (others.length > 0) remaining.push(narrow(data, rule.Variable, others));
    }
    rest = remaining;
  }
  if (rest.length > 0 && state.Default === undefined) walk.report('no rule matches, and there is no Default');
  const otherwise = state.Default;
  return otherwise === undefined ? edges : [...edges, ...rest.map((output) => ({ next: otherwise, output }))];
}

/** The same data, of which one field of the top level is now known to be one of these. */
function narrow(data: Shape, variable: string, values: readonly string[]): Shape {
  const name = variable.slice(2);
  const fields = data.kind === 'object' ? data.fields : {};
  return { kind: 'object', fields: { ...fields, [name]: { kind: 'string', values } } };
}

function demand(walk: Walk, path: string, wanted: Shape, otherwise: string): void {
  const found = attempt(walk, () => read(path, walk.reading));
  if (found !== undefined && !fits(found, wanted)) walk.report(`${path} ${otherwise}`);
}

function caughtBy(catchers: readonly { readonly Next: string; readonly ResultPath?: string | undefined }[], data: Shape): readonly Edge[] {
  return catchers.map(({ Next, ResultPath }) => ({ next: Next, output: put(data, ResultPath, ERROR_OUTPUT) }));
}

/** The output of a state: its input with the result at `path`; without a path the result alone; null: the input alone. */
function put(data: Shape, path: string | null | undefined, result: Shape): Shape {
  if (path === null) return data;
  if (path === undefined) return result;
  return either(
    alternatives(data).map((each) => {
      const fields = each.kind === 'object' ? each.fields : {};
      return { kind: 'object', fields: { ...fields, [path.slice(2)]: result } };
    }),
  );
}

/** Undefined, with a report, if a path leads nowhere. */
function attempt<Result>({ report }: Walk, action: () => Result): Result | undefined {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof PathProblem)) throw error;
    report(error.message);
    return undefined;
  }
}
