import { oddParameter } from '../http.ts';
import { refuse } from './errors.ts';

/** Refuses a query with a parameter that is not known or comes twice. */
export function requireKnown(query: URLSearchParams, known: readonly string[]): void {
  const odd = oddParameter(query, known);
  if (odd !== null) {
    throw refuse(
      400,
      odd.problem === 'unknown' ? 'unknownParameter' : 'invalidParameter',
      `The parameter ${odd.name} is ${odd.problem}.`,
      'global',
    );
  }
}

/** The value of `part`: at least one, each known, none twice. */
export function parseParts(query: URLSearchParams, known: readonly string[]): readonly string[] {
  const text = query.get('part');
  if (text === null || text === '') throw refuse(400, 'required', 'The parameter part is required.', 'global');
  const parts = text.split(',').map((part) => part.trim());
  const wrong = parts.find((part, index) => !known.includes(part) || parts.indexOf(part) !== index);
  if (wrong !== undefined) throw refuse(400, 'unknownPart', `The part ${wrong} is not known here.`, 'youtube.part');
  return parts;
}

/** A whole number between two bounds, both inclusive. */
export function parseNumber(query: URLSearchParams, name: string, bounds: { min: number; max: number; otherwise: number }): number {
  const text = query.get(name);
  if (text === null) return bounds.otherwise;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < bounds.min || value > bounds.max) {
    throw refuse(400, 'invalidParameter', `${name} lies between ${bounds.min} and ${bounds.max}.`, 'youtube.parameter');
  }
  return value;
}
