import { describe, expect, it } from 'vitest';
import { times } from '../../core/times.ts';
import { accountDefinition } from '../../lib/workflows/account.ts';
import { uploadDefinition } from '../../lib/workflows/upload.ts';
import { problemsOf } from './asl/check.ts';
import { accountContract, uploadContract } from './asl/contract.ts';

const upload = uploadDefinition(times.standard);
const account = accountDefinition(times.standard);

/** A copy in which one field is another one, or is left out. */
function withField(value: unknown, [name, ...rest]: readonly (string | number)[], field?: unknown): unknown {
  if (name === undefined) return field;
  if (Array.isArray(value)) return value.map((each: unknown, index) => (index === name ? withField(each, rest, field) : each));
  const fields: Record<string, unknown> = { ...(typeof value === 'object' && value !== null ? value : {}) };
  const changed = withField(fields[name], rest, field);
  if (changed === undefined) delete fields[name];
  else fields[name] = changed;
  return fields;
}

describe('the state machines', () => {
  it.each(['standard', 'short'] as const)('are sound at the %s pace', (pace) => {
    expect(problemsOf(uploadDefinition(times[pace]), uploadContract)).toEqual([]);
    expect(problemsOf(accountDefinition(times[pace]), accountContract)).toEqual([]);
  });
});

interface Broken {
  readonly what: string;
  readonly machine: 'upload' | 'account';
  readonly path: readonly (string | number)[];
  readonly to?: unknown;
  /** What the check says of it. */
  readonly said: RegExp;
}

const task = upload.States['Inspect'];
const inMap = ['States', 'PublishToAccounts', 'ItemProcessor', 'States', 'PublishToAccount'] as const;

const broken: readonly Broken[] = [
  { what: 'goes on to a state that is not there', machine: 'upload', path: ['States', 'Inspect', 'Next'], to: 'Plann', said: /Inspect.*no state Plann/su },
  { what: 'catches into a state that is not there', machine: 'account', path: ['States', 'Publish', 'Catch', 0, 'Next'], to: 'Nowhere', said: /Publish.*no state Nowhere/su },
  { what: 'chooses a state that is not there', machine: 'upload', path: ['States', 'Plan', 'Choices', 1, 'Next'], to: 'Sleep', said: /Plan.*no state Sleep/su },
  { what: 'begins with a state that is not there', machine: 'account', path: ['StartAt'], to: 'Begin', said: /no state Begin|Missing 'StartAt'/u },
  { what: 'has a state to which nothing leads', machine: 'upload', path: ['States', 'Lonely'], to: { Type: 'Succeed' }, said: /Lonely: no state leads here/u },
  { what: 'has a name of 81 characters', machine: 'account', path: ['States', 'x'.repeat(81)], to: { Type: 'Succeed' }, said: /Invalid key.*x{81}/su },
  { what: 'reads a misspelt field', machine: 'upload', path: ['States', 'Inspect', 'Parameters', 'uploadId.$'], to: '$.uploadID', said: /Inspect: \$\.uploadID is not there/u },
  { what: 'reads a field that only another answer has', machine: 'upload', path: ['States', 'WaitUntilDue', 'TimestampPath'], to: '$.reason', said: /WaitUntilDue: \$\.reason is not there/u },
  { what: 'waits until what is no time', machine: 'upload', path: ['States', 'WaitUntilDue', 'TimestampPath'], to: '$.uploadId', said: /is no timestamp/u },
  { what: 'waits for what is no number', machine: 'account', path: ['States', 'Pause', 'SecondsPath'], to: '$.next', said: /is no whole number/u },
  { what: 'waits without saying for how long', machine: 'account', path: ['States', 'Pause', 'SecondsPath'], said: /either SecondsPath or|WAIT_DURATION/u },
  { what: 'maps over what is no list', machine: 'upload', path: ['States', 'PublishToAccounts', 'ItemsPath'], to: '$.round', said: /\$\.round is no list/u },
  { what: 'lets the error replace the data', machine: 'upload', path: ['States', 'Inspect', 'Catch', 0, 'ResultPath'], said: /Abandon: \$\.uploadId is not there/u },
  { what: 'reads the cause of an error, which a time-out lacks', machine: 'account', path: ['States', 'RecordFailure', 'Parameters', 'cause.$'], to: '$.failure.Cause', said: /\$\.failure\.Cause is not there/u },
  { what: 'lets the results of the children replace the data', machine: 'upload', path: ['States', 'PublishToAccounts', 'ResultPath'], said: /Finish: \$\.uploadId is not there/u },
  { what: 'asks the context for what it does not have', machine: 'account', path: ['States', 'Transfer', 'Parameters', 'execution.$'], to: '$$.Execution.ID', said: /context object has no/u },
  { what: 'asks for the item of a Map outside of it', machine: 'upload', path: ['States', 'Due', 'Parameters', 'round.$'], to: '$$.Map.Item.Index', said: /context object has no/u },
  { what: 'forgets the sign of a path', machine: 'upload', path: ['States', 'Due', 'Parameters', 'uploadId'], to: '$.uploadId', said: /taken literally|DUPLICATE/u },
  { what: 'passes a function less than it takes', machine: 'account', path: ['States', 'Publish', 'Parameters', 'waitedFor.$'], said: /Publish: the payload is not what/u },
  { what: 'passes a function a field of another kind', machine: 'account', path: ['States', 'Transfer', 'Parameters', 'steps.$'], to: '$.uploadId', said: /Transfer: the payload is not what/u },
  { what: 'passes another version of the contract', machine: 'upload', path: ['States', 'Finish', 'Parameters', 'v'], to: 2, said: /Finish: the payload is not what/u },
  { what: 'starts a child without the revision it works for', machine: 'upload', path: [...inMap, 'Parameters', 'Input', 'revision.$'], said: /input is not what the started machine takes/u },
  { what: 'renews itself without naming its predecessor', machine: 'upload', path: ['States', 'Renew', 'Parameters', 'Input', 'predecessor.$'], said: /Renew: the input is not what/u },
  { what: 'starts a machine that is not known', machine: 'upload', path: [...inMap, 'Parameters', 'StateMachineArn'], to: '${other}', said: /names no machine that is known/u },
  { what: 'compares with a word that no function says', machine: 'upload', path: ['States', 'Plan', 'Choices', 1, 'StringEquals'], to: 'wiat', said: /nothing ever matches the rule that leads to WaitUntilDue/u },
  { what: 'compares a number as a text', machine: 'account', path: ['States', 'AfterStep', 'Choices', 0, 'Variable'], to: '$.steps', said: /is compared as string, and is number/u },
  { what: 'has no answer to an answer', machine: 'account', path: ['States', 'AfterPause'], to: { Type: 'Choice', Choices: [{ Variable: '$.next', StringEquals: 'transfer', Next: 'Transfer' }] }, said: /no rule matches, and there is no Default/u },
  { what: 'has a task without a time-out', machine: 'upload', path: ['States', 'Claim', 'TimeoutSeconds'], said: /TimeoutSeconds/u },
  { what: 'has a task without a Retry', machine: 'account', path: ['States', 'Transfer', 'Retry'], said: /Retry/u },
  { what: 'has a task without a Catch', machine: 'upload', path: [...inMap, 'Catch'], said: /Catch/u },
  { what: 'catches only some errors', machine: 'account', path: ['States', 'Publish', 'Catch', 0, 'ErrorEquals'], to: ['States.TaskFailed'], said: /Catch must end with States\.ALL/u },
  { what: 'retries without a bound', machine: 'account', path: ['States', 'Publish', 'Retry', 1, 'MaxAttempts'], said: /MaxAttempts/u },
  { what: 'retries for longer than a day', machine: 'account', path: ['States', 'Transfer', 'Retry', 0, 'MaxDelaySeconds'], to: 6_000, said: /more than a day/u },
  { what: 'retries on everything before the rest', machine: 'upload', path: ['States', 'Due', 'Retry'], to: task?.Type === 'Task' ? task.Retry.toReversed() : [], said: /States\.ALL must|must end with/u },
  { what: 'neither goes on nor ends', machine: 'upload', path: ['States', 'Finish', 'Next'], said: /Next or End|TERMINAL/u },
  { what: 'has a field that the checks do not know', machine: 'upload', path: ['States', 'Inspect', 'InputPath'], to: '$.other', said: /InputPath/u },
];

describe('the check of definitions refuses a machine that', () => {
  it.each(broken)('$what', ({ machine, path, to, said }) => {
    const [definition, contract] = machine === 'upload' ? [upload, uploadContract] : [account, accountContract];
    expect(problemsOf(withField(definition, path, to), contract).join('\n')).toMatch(said);
  });
});
