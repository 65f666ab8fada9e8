import assert from "node:assert/strict";
import { readFileSync, globSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { test } from "node:test";

import { capitalize, formatNumber } from "../../service/static/page/language.js";
import { WORDS as CALCULATE } from "../../service/static/page/views/calculate/words.js";
import { WORDS as EXPLORE } from "../../service/static/page/views/explore/words.js";
import { WORDS as MODELS } from "../../service/static/page/views/models/words.js";
import { STEP_WORDS } from "../../service/static/page/views/practise/step-words.js";
import { WORDS as PRACTISE } from "../../service/static/page/views/practise/words.js";

const PAGE = fileURLToPath(new URL("../../service/static/page/", import.meta.url));
const VIEWS = { calculate: CALCULATE, explore: EXPLORE, models: MODELS, practise: PRACTISE };
const listNames = (text) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

test("both languages have the same words, with the same facts in them", () => {
  for (const [view, words] of Object.entries(VIEWS)) {
    assert.deepEqual(Object.keys(words.en).sort(), Object.keys(words["pt-BR"]).sort(), view);
    for (const [key, text] of Object.entries(words.en)) {
      const names = new Set(listNames(text));
      assert.deepEqual(new Set(listNames(words["pt-BR"][key])), names, `${view} ${key}`);
    }
  }
  assert.deepEqual(Object.keys(STEP_WORDS.en), Object.keys(STEP_WORDS["pt-BR"]));
});

test("every word that a view asks for by name is there", () => {
  for (const [view, words] of Object.entries(VIEWS)) {
    const asked = globSync(`${PAGE}views/${view}/*.js`).flatMap((file) =>
      [...readFileSync(file, "utf8").matchAll(/\bwords\("([^"]+)"/g)].map(([, key]) => key),
    );
    assert.ok(asked.length > 5);
    assert.deepEqual(
      asked.filter((key) => !(key in words.en)),
      [],
      view,
    );
  }
});

test("a number is written as people who speak the language write it", () => {
  assert.equal(formatNumber(1234.5, "en"), "1,234.5");
  assert.equal(formatNumber(1234.5, "pt-BR"), "1.234,5");
  assert.equal(formatNumber(1.5e-7, "pt-BR"), "1,5 × 10⁻⁷");
  assert.equal(formatNumber(2e12, "en"), "2 × 10¹²");
  assert.equal(formatNumber(NaN, "en"), "–");
  assert.equal(formatNumber(null, "en"), "–");
  assert.equal(formatNumber(1 / 3, "en", 3), "0.333");
  assert.equal(capitalize("órgão"), "Órgão");
});
