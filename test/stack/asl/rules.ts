import { scopesOf, successors, type Definition, type Retrier, type Scope, type State } from './definition.ts';

/** Seconds that the pauses of one state's retries may come to. */
const MAX_RETRYING = 24 * 60 * 60;

/** What a definition can be told to be wrong by its form alone. */
export function structuralProblems(definition: Definition): readonly string[] {
  const scopes = scopesOf(definition);
  const names = scopes.flatMap((scope) => Object.keys(scope.States));
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  return [...twice.map((name) => `${name}: there are two states of this name`), ...scopes.flatMap(scopeProblems)];
}

function scopeProblems(scope: Scope): readonly string[] {
  const problems: string[] = [];
  if (!Object.hasOwn(scope.States, scope.StartAt)) problems.push(`StartAt: there is no state ${scope.StartAt}`);
  const reached = new Set<string>();
  const waiting = [scope.StartAt];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const state = scope.States[name];
    if (state === undefined || reached.has(name)) continue;
    reached.add(name);
    waiting.push(...successors(state));
  }
  for (const [name, state] of Object.entries(scope.States)) {
    if (!reached.has(name)) problems.push(`${name}: no state leads here`);
    for (const next of successors(state)) {
      if (!Object.hasOwn(scope.States, next)) problems.push(`${name}: there is no state ${next}`);
    }
    problems.push(...stateProblems(state).map((problem) => `${name}: ${problem}`));
  }
  return problems;
}

function stateProblems(state: State): readonly string[] {
  const problems: string[] = [];
  if ((state.Type === 'Task' || state.Type === 'Pass') && (state.Next === undefined) === (state.End === undefined)) {
    problems.push('needs either Next or End');
  }
  if (state.Type === 'Wait' && (state.SecondsPath === undefined) === (state.TimestampPath === undefined)) {
    problems.push('needs either SecondsPath or TimestampPath');
  }
  if ('Catch' in state) problems.push(...coversAll('Catch', state.Catch));
  if (state.Type === 'Task') {
    problems.push(...coversAll('Retry', state.Retry));
    const total = state.Retry.reduce((sum, retrier) => sum + pauses(retrier), 0);
    if (total > MAX_RETRYING) problems.push(`its retries may take ${total} s, more than a day`);
    if (state.Retry.some((retrier) => retrier.MaxDelaySeconds <= retrier.IntervalSeconds)) {
      problems.push('MaxDelaySeconds must be more than IntervalSeconds');
    }
  }
  return problems;
}

interface ErrorRule {
  readonly ErrorEquals: readonly string[];
}

/** AWS demands that `States.ALL` stands alone and last; we demand that it stands there. */
function coversAll(field: string, rules: readonly ErrorRule[]): readonly string[] {
  const last = rules.at(-1);
  if (last === undefined || !matchesAll(last)) return [`${field} must end with States.ALL`];
  if (last.ErrorEquals.length !== 1 || rules.slice(0, -1).some(matchesAll)) return [`${field}: States.ALL must stand alone and last`];
  return [];
}

function matchesAll(rule: ErrorRule): boolean {
  return rule.ErrorEquals.includes('States.ALL');
}

/** Seconds of all pauses of a retrier, without jitter. */
function pauses({ IntervalSeconds, BackoffRate, MaxAttempts, MaxDelaySeconds }: Retrier): number {
  let total = 0;
  for (let n = 0; n < MaxAttempts; n += 1) total += Math.min(MaxDelaySeconds, IntervalSeconds * BackoffRate ** n);
  return total;
}
