import validate from 'asl-validator';
import * as z from 'zod';
import { definitionSchema } from './definition.ts';
import { flowProblems, type Contract } from './flow.ts';
import { structuralProblems } from './rules.ts';

/**
 * Everything that is wrong with a definition, as emulators do not say it: the language itself (asl-validator), our own demands
 * on its states, and the data on every way through it. Empty: nothing was found.
 */
export function problemsOf(definition: unknown, contract: Contract): readonly string[] {
  const parsed = definitionSchema.safeParse(definition);
  if (!parsed.success) return [z.prettifyError(parsed.error)];
  return [...languageProblems(definition), ...structuralProblems(parsed.data), ...flowProblems(parsed.data, contract)];
}

function languageProblems(definition: unknown): readonly string[] {
  // It writes into what it is given. Placeholders stand where ARNs will be.
  const copy: unknown = JSON.parse(JSON.stringify(definition).replaceAll(/\$\{\w+\}/gu, 'arn:aws:lambda:us-east-1:123456789012:function:one'));
  const { isValid, errorsText } = validate(copy, { checkArn: true, checkPaths: true });
  return isValid ? [] : [errorsText('; ')];
}
