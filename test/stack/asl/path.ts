import type { Template } from './definition.ts';
import { alternatives, anything, either, type Shape } from './shape.ts';

/** What a path can be read from. */
export interface Reading {
  readonly data: Shape;
  /** Whether the context object has the item of a Map. */
  readonly inMap: boolean;
}

/** A path that leads nowhere, or that this check does not understand. */
export class PathProblem extends Error {
  override readonly name = 'PathProblem';
}

const TEXT: Shape = { kind: 'string' };
const NUMBER: Shape = { kind: 'number', whole: true };
const TIME: Shape = { kind: 'string', time: true };

/** The context object as AWS documents it (Step Functions Developer Guide, "Context object"). */
const CONTEXT: Readonly<Record<string, Shape>> = {
  '$$.Execution.Id': TEXT,
  '$$.Execution.Name': TEXT,
  '$$.Execution.RoleArn': TEXT,
  '$$.Execution.StartTime': TIME,
  '$$.Execution.Input': anything,
  '$$.State.Name': TEXT,
  '$$.State.EnteredTime': TIME,
  '$$.State.RetryCount': NUMBER,
  '$$.StateMachine.Id': TEXT,
  '$$.StateMachine.Name': TEXT,
};

const MAP_CONTEXT: Readonly<Record<string, Shape>> = { '$$.Map.Item.Index': NUMBER, '$$.Map.Item.Value': anything };

/** What a path or an intrinsic function gives. Throws `PathProblem`. */
export function read(expression: string, reading: Reading): Shape {
  if (expression.startsWith('States.')) return callIntrinsic(expression, reading);
  if (expression.startsWith('$$')) {
    const known = CONTEXT[expression] ?? (reading.inMap ? MAP_CONTEXT[expression] : undefined);
    if (known === undefined) throw new PathProblem(`the context object has no ${expression}`);
    return known;
  }
  if (!/^\$(?:\.[A-Za-z_][A-Za-z0-9_]*)*$/u.test(expression)) throw new PathProblem(`${expression} is not a plain path`);
  return expression
    .split('.')
    .slice(1)
    .reduce((shape, name) => field(shape, name, expression), reading.data);
}

function field(shape: Shape, name: string, expression: string): Shape {
  return either(
    alternatives(shape).map((each) => {
      const found = each.kind === 'object' ? each.fields[name] : undefined;
      if (found === undefined) throw new PathProblem(`${expression} is not there`);
      return found;
    }),
  );
}

function callIntrinsic(expression: string, reading: Reading): Shape {
  const argument = /^States\.JsonToString\((\$[^,()]*)\)$/u.exec(expression)?.[1];
  if (argument === undefined) throw new PathProblem(`${expression} is no intrinsic function that is used here`);
  read(argument, reading);
  return TEXT;
}

/** What a payload template makes. Throws `PathProblem`. */
export function fill(template: Template, reading: Reading): Shape {
  if (typeof template === 'string') {
    if (/^(?:\$[.$]|\$$|States\.)/u.test(template)) throw new PathProblem(`${template} is taken literally: the field's name lacks ".$"`);
    return { kind: 'string', values: [template] };
  }
  if (typeof template === 'number') return { kind: 'number', values: [template], ...(Number.isInteger(template) && { whole: true as const }) };
  if (typeof template === 'boolean') return { kind: 'boolean' };
  const fields = Object.entries(template).map(([name, value]): [string, Shape] => {
    if (!name.endsWith('.$')) return [name, fill(value, reading)];
    if (typeof value !== 'string') throw new PathProblem(`${name} must be a path`);
    return [name.slice(0, -2), read(value, reading)];
  });
  return { kind: 'object', fields: Object.fromEntries(fields) };
}
