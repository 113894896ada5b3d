/** How hard a password is to guess. Import it on demand: it brings 200 kB of word lists. */
import { ZxcvbnFactory } from "@zxcvbn-ts/core";
import { adjacencyGraphs, dictionary } from "@zxcvbn-ts/language-common";

const zxcvbn = new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs });

/** Code units. A longer password takes long to check, and is strong by its length alone. */
const maxLength = 100;

export interface Strength {
  /** How many of the four segments of the meter are filled. */
  segments: 1 | 2 | 3 | 4;
  /** For the user. */
  sentence: string;
}

/** @param own what the form says about the user, which an attacker may know */
export function estimateStrength(password: string, own: string[]): Strength {
  const words = own.flatMap((text) => [text, ...text.split(/[^\p{L}\p{N}]+/u)]);
  const known = words.filter((word) => word.length > 2);
  const { score, feedback } = zxcvbn.check(password.slice(0, maxLength), known);
  switch (score) {
    case 4:
      return { segments: 4, sentence: "Strong." };
    case 3:
      return { segments: 3, sentence: "Fine." };
    case 2:
      return { segments: 2, sentence: "Fine, and stronger with another word." };
    default:
      return {
        segments: 1,
        sentence: `Easy to guess: ${reasons[feedback.warning ?? ""] ?? short}.`,
      };
  }
}

const short = "add another word or two";
const row = "these keys lie side by side";
const repeated = "it repeats itself";
const common = "many people have this one";
const date = "dates are tried early";
const name = "names are tried early";

/** By zxcvbn's key of the weakness. */
const reasons: Record<string, string> = {
  straightRow: row,
  keyPattern: row,
  simpleRepeat: repeated,
  extendedRepeat: repeated,
  sequences: "it is a sequence, like abc or 6543",
  recentYears: date,
  dates: date,
  topTen: common,
  topHundred: common,
  common,
  similarToCommon: "it is close to one that many people have",
  wordByItself: "it is a single word",
  namesByThemselves: name,
  commonNames: name,
  userInputs: "it is made of your own name or address",
};
