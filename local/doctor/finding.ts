/** What a check found: a sentence, and what to do about it. Errors stop a deployment, warnings do not; a note says what could be done. */
export type Finding =
  | { readonly level: 'ok'; readonly what: string }
  | { readonly level: 'note' | 'warning' | 'error'; readonly what: string; readonly remedy: string };

export const ok = (what: string): Finding => ({ level: 'ok', what });
export const note = (what: string, remedy: string): Finding => ({ level: 'note', what, remedy });
export const warning = (what: string, remedy: string): Finding => ({ level: 'warning', what, remedy });
export const failure = (what: string, remedy: string): Finding => ({ level: 'error', what, remedy });

const LEVEL_WIDTH = 'warning  '.length;

/** One line, or more where there is more to do than a sentence says. */
export function lineOf(finding: Finding): string {
  const text = finding.level === 'ok' ? finding.what : `${finding.what} ${finding.remedy}`;
  return `${finding.level.padEnd(LEVEL_WIDTH)}${text.replaceAll('\n', `\n${' '.repeat(LEVEL_WIDTH)}`)}`;
}

/** The reason of an error in a line, without what follows in others. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const [first = ''] = error.message.split('\n');
  return first === '' ? error.name : `${error.name}: ${first}`;
}
