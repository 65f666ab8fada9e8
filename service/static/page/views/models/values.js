// Writes the settings of a version.

import { useNumbers, useWords } from "../../language.js";
import { WORDS } from "./words.js";

// Returns a function that writes a setting: a number, a word, yes or no.
export function useValues() {
  const words = useWords(WORDS);
  const numbers = useNumbers();
  return (value) => {
    if (value === undefined) return words("none");
    if (typeof value === "boolean") return words(value ? "yes" : "no");
    return typeof value === "number" ? numbers(value, 4) : value;
  };
}
