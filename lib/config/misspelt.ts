/** Variables that are set and mean nothing here, although their names are close to one that does. */
import type { Environment } from "./index.ts";

/**
 * Returns a sentence for each name that is probably a misspelling of a known one: in another case,
 * without its underscores, or a letter or two apart. Whoever has set the known one as well meant
 * the other for something else.
 */
export function misspeltVariables(environment: Environment, known: readonly string[]): string[] {
  const isSet = (name: string) => Boolean(environment[name]);
  const missing = known.filter((name) => !isSet(name));
  return Object.keys(environment)
    .filter((name) => isSet(name) && !known.includes(name))
    .flatMap((name) => {
      const meant = missing.find((each) => isMisspelling(name, each));
      return meant ? [`${name} is set and not known here. Is it a misspelling of ${meant}?`] : [];
    });
}

/** Short names are too close to each other for more than one slip: API_URL is not APP_URL. */
const longName = 9;

function isMisspelling(name: string, known: string): boolean {
  const [a, b] = [bare(name), bare(known)];
  if (a === b) return true;
  if (known.length < longName) return a.length !== b.length && distance(a, b) === 1;
  return distance(a, b) <= (b.length < 12 ? 2 : 3);
}

function bare(name: string): string {
  return name.toUpperCase().replace(/[^A-Z0-9]/g, "");
}

/** How many letters to add, leave out, replace or swap with the next (Damerau and Levenshtein). */
export function distance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  const at = (row: number, column: number) => rows[row]?.[column] ?? Infinity;
  for (let row = 1; row <= a.length; row += 1) {
    rows[row] = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const replaced = at(row - 1, column - 1) + Number(a[row - 1] !== b[column - 1]);
      const isSwap = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      const swapped = isSwap ? at(row - 2, column - 2) + 1 : Infinity;
      const cost = Math.min(at(row - 1, column) + 1, at(row, column - 1) + 1, replaced, swapped);
      rows[row]?.push(cost);
    }
  }
  return at(a.length, b.length);
}
