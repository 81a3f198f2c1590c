import { invalidField } from '../../core/errors.ts';

/** A file part of a form. */
export interface FormFile {
  readonly fileName: string;
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

/** What a form says: texts and files, in lists where a name comes again, in objects where names have several steps. */
export type FormValue = string | FormFile | FormValue[] | { [name: string]: FormValue };

type Node = { readonly leaves: (string | FormFile)[]; readonly children: Map<string, Node> };

const NAME = /^([^.[\]]+)((?:\[[^[\]]*\]|\.[^.[\]]+)*)$/u;
const STEP = /\[([^[\]]*)\]|\.([^.[\]]+)/gu;
const MAX_STEPS = 8;

/**
 * Puts the flat fields of a form together: `options[youtube][tags]`, `options.youtube.tags` and `accounts[]` are names with
 * several steps. Throws `validation_failed` for names that cannot be.
 */
export function formTree(fields: readonly { readonly name: string; readonly value: string | FormFile }[]): FormValue {
  const root: Node = { leaves: [], children: new Map() };
  for (const { name, value } of fields) {
    let node = root;
    for (const step of stepsOf(name)) {
      const next = node.children.get(step) ?? { leaves: [], children: new Map() };
      node.children.set(step, next);
      node = next;
    }
    node.leaves.push(value);
  }
  return Object.fromEntries([...root.children].map(([name, node]) => [name, valueOf(node, name)]));
}

function stepsOf(name: string): readonly string[] {
  const [, first, rest] = NAME.exec(name) ?? [];
  const steps = [first ?? '', ...[...(rest ?? '').matchAll(STEP)].map(([, inBrackets, afterDot]) => inBrackets ?? afterDot ?? '')];
  // `accounts[]` is how some libraries say that a field may come again.
  if (steps.length > 1 && steps.at(-1) === '') steps.pop();
  if (steps.length > MAX_STEPS || steps.some((step) => step === '' || step === '__proto__')) {
    throw invalidField(name.slice(0, 100), 'malformed_name', `${name.slice(0, 100)} is not the name of a field.`);
  }
  return steps;
}

function valueOf(node: Node, field: string): FormValue {
  const [first, ...others] = node.leaves;
  if (node.children.size === 0) return others.length === 0 && first !== undefined ? first : [...node.leaves];
  if (first !== undefined) throw invalidField(field, 'conflict', `${field} is given whole and in parts: give one of them.`);
  return Object.fromEntries([...node.children].map(([name, child]) => [name, valueOf(child, `${field}.${name}`)]));
}
