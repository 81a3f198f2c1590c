/** What a check found: a sentence, and what to do about it. Errors stop a deployment, warnings do not. */
export type Finding =
  | { readonly level: 'ok'; readonly what: string }
  | { readonly level: 'warning' | 'error'; readonly what: string; readonly remedy: string };

export const ok = (what: string): Finding => ({ level: 'ok', what });
export const warning = (what: string, remedy: string): Finding => ({ level: 'warning', what, remedy });
export const failure = (what: string, remedy: string): Finding => ({ level: 'error', what, remedy });

/** One line. */
export function lineOf(finding: Finding): string {
  const level = finding.level.padEnd('warning'.length);
  return finding.level === 'ok' ? `${level}  ${finding.what}` : `${level}  ${finding.what} ${finding.remedy}`;
}

/** The reason of an error in a line, without what follows in others. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const [first = ''] = error.message.split('\n');
  return first === '' ? error.name : `${error.name}: ${first}`;
}
