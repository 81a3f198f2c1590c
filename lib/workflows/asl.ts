/**
 * The part of the Amazon States Language that the state machines use (states-language.net/spec.html), with JSONPath. A key
 * that ends in `.$` holds a path or an intrinsic function.
 */
export interface StateMachineDefinition {
  readonly Comment: string;
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
  readonly TimeoutSeconds?: number;
}

export type State = Task | Choice | Wait | MapState | Pass | Succeed | Fail;

/** The template of a payload. */
export interface Template {
  readonly [field: string]: string | number | boolean | Template;
}

export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds: number;
  readonly BackoffRate: number;
  readonly MaxAttempts: number;
  readonly MaxDelaySeconds: number;
  readonly JitterStrategy: 'FULL';
}

export interface Catcher {
  readonly ErrorEquals: readonly string[];
  /** Where the error is put into the state's input; left out, it replaces the input. */
  readonly ResultPath?: string;
  readonly Next: string;
}

export interface Task {
  readonly Type: 'Task';
  readonly Comment?: string;
  readonly Resource: string;
  readonly Parameters: Template;
  readonly TimeoutSeconds: number;
  readonly Retry: readonly Retrier[];
  readonly Catch: readonly Catcher[];
  /** Null: the result is dropped, the output is the input. */
  readonly ResultPath?: string | null;
  readonly Next?: string;
  readonly End?: true;
}

export interface Choice {
  readonly Type: 'Choice';
  readonly Comment?: string;
  readonly Choices: readonly ChoiceRule[];
  readonly Default: string;
}

export type ChoiceRule = { readonly Variable: string; readonly Next: string } & (
  | { readonly StringEquals: string }
  | { readonly NumericGreaterThan: number }
);

export type Wait = { readonly Type: 'Wait'; readonly Comment?: string; readonly Next: string } & (
  | { readonly SecondsPath: string }
  | { readonly TimestampPath: string }
);

export interface MapState {
  readonly Type: 'Map';
  readonly Comment?: string;
  readonly ItemsPath: string;
  readonly MaxConcurrency: number;
  readonly ItemProcessor: {
    readonly ProcessorConfig: { readonly Mode: 'INLINE' };
    readonly StartAt: string;
    readonly States: Readonly<Record<string, State>>;
  };
  readonly Catch: readonly Catcher[];
  readonly ResultPath?: string | null;
  readonly Next: string;
}

export interface Pass {
  readonly Type: 'Pass';
  readonly Comment?: string;
  readonly Next?: string;
  readonly End?: true;
}

export interface Succeed {
  readonly Type: 'Succeed';
  readonly Comment?: string;
}

export interface Fail {
  readonly Type: 'Fail';
  readonly Comment?: string;
  readonly Error: string;
  readonly Cause: string;
}
