import * as z from 'zod';

/**
 * The part of the Amazon States Language that our state machines may use, strictly: a field that is not here is a field that
 * the checks below would not understand.
 */

/** A state's name as AWS takes it. */
const name = z.string().min(1).max(80);
const text = { Comment: z.string().optional() };

const MAX_TIMEOUT = 99_999_999;
const MAX_DELAY = 31_622_400;

const retrier = z.strictObject({
  ErrorEquals: z.array(z.string()).min(1),
  IntervalSeconds: z.int().min(1).max(MAX_TIMEOUT),
  BackoffRate: z.number().min(1),
  MaxAttempts: z.int().min(1).max(100),
  MaxDelaySeconds: z.int().min(1).max(MAX_DELAY),
  JitterStrategy: z.literal('FULL'),
});

/** Only fields of the top level: what our machines need. */
const resultPath = z.string().regex(/^\$\.[A-Za-z]+$/u);

const catcher = z.strictObject({ ErrorEquals: z.array(z.string()).min(1), ResultPath: resultPath.optional(), Next: name });

export type Template = string | number | boolean | { readonly [field: string]: Template };
const template: z.ZodType<Template> = z.lazy(() => z.union([z.string(), z.number(), z.boolean(), z.record(z.string(), template)]));

const task = z.strictObject({
  Type: z.literal('Task'),
  ...text,
  Resource: z.string().min(1),
  Parameters: template,
  TimeoutSeconds: z.int().min(1).max(MAX_TIMEOUT),
  Retry: z.array(retrier).min(1),
  Catch: z.array(catcher).min(1),
  ResultPath: resultPath.nullable().optional(),
  Next: name.optional(),
  End: z.literal(true).optional(),
});

const choice = z.strictObject({
  Type: z.literal('Choice'),
  ...text,
  Choices: z
    .array(
      z.union([
        z.strictObject({ Variable: z.string(), StringEquals: z.string(), Next: name }),
        z.strictObject({ Variable: z.string(), NumericGreaterThan: z.number(), Next: name }),
      ]),
    )
    .min(1),
  Default: name.optional(),
});

const wait = z.strictObject({
  Type: z.literal('Wait'),
  ...text,
  SecondsPath: z.string().optional(),
  TimestampPath: z.string().optional(),
  Next: name,
});

const pass = z.strictObject({ Type: z.literal('Pass'), ...text, Next: name.optional(), End: z.literal(true).optional() });
const succeed = z.strictObject({ Type: z.literal('Succeed'), ...text });
const fail = z.strictObject({ Type: z.literal('Fail'), ...text, Error: z.string().min(1), Cause: z.string().min(1) });

const plainState = z.discriminatedUnion('Type', [task, choice, wait, pass, succeed, fail]);

/** A Map inside a Map is not used. */
const map = z.strictObject({
  Type: z.literal('Map'),
  ...text,
  ItemsPath: z.string(),
  MaxConcurrency: z.int().min(1).max(40),
  ItemProcessor: z.strictObject({
    ProcessorConfig: z.strictObject({ Mode: z.literal('INLINE') }),
    StartAt: name,
    States: z.record(name, plainState),
  }),
  Catch: z.array(catcher).min(1),
  ResultPath: resultPath.nullable().optional(),
  Next: name,
});

const state = z.discriminatedUnion('Type', [...plainState.options, map]);

export const definitionSchema = z.strictObject({
  Comment: z.string(),
  StartAt: name,
  TimeoutSeconds: z.int().min(1).max(MAX_TIMEOUT).optional(),
  States: z.record(name, state),
});

export type Definition = z.infer<typeof definitionSchema>;
export type State = z.infer<typeof state>;
export type TaskState = z.infer<typeof task>;
export type ChoiceState = z.infer<typeof choice>;
export type Retrier = z.infer<typeof retrier>;

/** States that lead to each other by name: the machine's own, or those of a Map's iterations. */
export interface Scope {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

/** Where a state may go on. */
export function successors(state: State): readonly string[] {
  const next = 'Next' in state && state.Next !== undefined ? [state.Next] : [];
  const caught = 'Catch' in state ? state.Catch.map((each) => each.Next) : [];
  const chosen = state.Type === 'Choice' ? [...state.Choices.map((each) => each.Next), ...(state.Default === undefined ? [] : [state.Default])] : [];
  return [...next, ...caught, ...chosen];
}

/** The machine's states and those inside its Maps. */
export function scopesOf(scope: Scope): readonly Scope[] {
  const inner = Object.values(scope.States).flatMap((each) => (each.Type === 'Map' ? scopesOf(each.ItemProcessor) : []));
  return [scope, ...inner];
}
