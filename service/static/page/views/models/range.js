// Says where a version was trained.

import { useNumbers, useWords } from "../../language.js";
import { signOf } from "../../operations.js";
import { html } from "../../ui.js";
import { WORDS } from "./words.js";

// `domain` is one of a signature: regions, and poles to keep away from.
export function Range({ domain }) {
  const words = useWords(WORDS);
  const numbers = useNumbers();
  const write = (value) => numbers(value).replace("-", "−");
  const sign = signOf(domain.symbol);
  const regions = domain.regions.map((region) => sayRegion(words, write, sign, region));
  const poles = domain.poles
    .filter(({ distance }) => distance > 0)
    .map((pole) => sayPole(words, write, pole));
  return html`${[regions.join(words("rangeOr")), ...poles].join(", ")}`;
}

function sayRegion(words, write, sign, { a, b, whole_b: whole }) {
  const [aLow, aHigh] = a.map(write);
  if (b === null) return words("rangeOfOne", { sign, aLow, aHigh });
  const [bLow, bHigh] = b.map(write);
  return words(whole ? "rangeOfWhole" : "rangeOf", { sign, aLow, aHigh, bLow, bHigh });
}

function sayPole(words, write, { operand, at, every, distance }) {
  if (every) {
    const values = { operand, at: write(at), every: write(every), distance: write(distance) };
    return words("rangeGaps", values);
  }
  return words("rangeGap", { operand, low: write(at - distance), high: write(at + distance) });
}
