import assert from "node:assert/strict";
import { test } from "node:test";

import {
  colorOf,
  computes,
  isCalculator,
  nameColor,
  nameModel,
} from "../../service/static/page/networks.js";
import { parseMarkdown } from "../../service/static/page/views/models/markdown.js";
import {
  choose,
  findDifferences,
  listLabels,
} from "../../service/static/page/views/models/versions.js";

const LISTING = {
  model: "mlp",
  versions: [1, 2, 3],
  labels: { stable: 2, canary: 3 },
  default_version: 2,
  serving_version: 1,
};
const MANIFEST = {
  config: { preset: "default" },
  hyperparameters: { units: 96, depth: 2 },
  seed: 42,
  source_revision: "0123456789abcdef",
  signature: {
    operations: ["+"],
    inputs: [{ name: "features", dtype: "float32", shape: [-1, 6] }],
    domains: [{ symbol: "+", regions: [{ a: [0, 1], b: [0, 1], whole_b: false }], poles: [] }],
  },
};

test("a network is shown by what its manifest says of it, whatever its family", () => {
  assert.ok(computes({ answers_by: "computation" }) && !computes({ answers_by: "approximation" }));
  assert.ok(isCalculator({ task: "calculation" }) && !isCalculator({ task: "diagnosis" }));
  assert.equal(colorOf({ answers_by: "computation" }), "var(--computation)");
  assert.equal(nameColor({ answers_by: "something new" }), "accent");
  assert.equal(nameColor(undefined), "accent");
  assert.equal(nameModel("mlp", "pt-BR"), "Rede comum (MLP)");
  assert.equal(nameModel("toString", "en"), "toString");
});

test("an address that leaves the version out means the one that answers", () => {
  assert.equal(choose([LISTING], {}).version, 1);
  assert.equal(choose([{ ...LISTING, serving_version: undefined }], {}).version, 2);
  assert.equal(choose([LISTING], { model: "mlp", version: "3" }).version, 3);
  assert.equal(choose([LISTING], { model: "mlp", version: "9" }).version, undefined);
  assert.equal(choose([LISTING], { model: "other" }).listing, undefined);
  assert.deepEqual(listLabels(LISTING, 3), ["canary"]);
});

test("only what differs between versions is listed", () => {
  const wider = structuredClone(MANIFEST);
  wider.hyperparameters.units = 80;
  wider.signature.domains[0].regions[0].b = [0, 2];
  wider.signature.inputs[0].dtype = "float64";
  assert.deepEqual(findDifferences([MANIFEST, MANIFEST]), []);
  assert.deepEqual(findDifferences([MANIFEST, wider]), [
    { name: "units", values: [96, 80] },
    { name: "dtype", values: ["float32", "float64"] },
    { name: "range", values: ["+ 0 1 0 1", "+ 0 1 0 2"] },
  ]);
});

test("a network of another task is compared by what it has", () => {
  const other = { ...MANIFEST, task: "diagnosis", signature: {} };
  assert.deepEqual(
    findDifferences([MANIFEST, other]).map(({ name }) => name),
    ["operations", "dtype", "range"],
  );
});

test("nothing in a card becomes more than text", () => {
  const [paragraph] = parseMarkdown("[press](javascript:alert(1)) <img src=x> **bold**");
  assert.deepEqual(paragraph.parts, [
    { kind: "text", text: "[press](javascript:alert(1)) <img src=x> " },
    { kind: "strong", text: "bold" },
  ]);
});

test("blocks end where others begin, and a table has its head's columns", () => {
  const source =
    "# One\ntext\non two lines\n- a\n  b\n- c\n| x | y |\n|---|---|\n| 1 | `2` | 3 |\n| 4 |\n~~~\n# no\n";
  const blocks = parseMarkdown(source);
  assert.deepEqual(
    blocks.map(({ kind }) => kind),
    ["heading", "paragraph", "list", "table", "code"],
  );
  assert.deepEqual(
    blocks[2].items.map(([{ text }]) => text),
    ["a b", "c"],
  );
  assert.deepEqual(
    blocks[3].rows.map((row) => row.map((cell) => cell.map(({ text }) => text).join(""))),
    [
      ["1", "2"],
      ["4", ""],
    ],
  );
  assert.equal(blocks[4].text, "# no\n");
});
