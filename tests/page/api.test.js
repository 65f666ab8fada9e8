import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";

import { ask, hasKey, keepKey, locateFile, Refused } from "../../service/static/page/api.js";

// What a tab keeps; Node has none.
const kept = new Map();
globalThis.sessionStorage = {
  getItem: (key) => kept.get(key) ?? null,
  setItem: (key, value) => kept.set(key, value),
};

const ANSWERS = {
  "/models": (request) => [
    200,
    { key: request.headers["x-api-key"] ?? null, method: request.method },
  ],
  "/card": () => [200, "# no JSON"],
  "/refused": () => [422, { error: { code: "division_by_zero", message: "no", field: "b" } }],
  "/broken": () => [502, "<html>"],
};
const server = createServer((request, response) => {
  const [status, body] = ANSWERS[request.url](request);
  response.writeHead(status).end(typeof body === "string" ? body : JSON.stringify(body));
});
let home;
before(async () => {
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  home = `http://127.0.0.1:${server.address().port}`;
});
after(() => server.close());

async function catchRefusal(promise) {
  const error = await promise.then(
    () => assert.fail("expected a refusal"),
    (reason) => reason,
  );
  assert.ok(error instanceof Refused, String(error));
  return [error.code, error.status, error.field];
}

test("an answer is parsed, or left as text", async () => {
  assert.deepEqual(await ask(`${home}/models`), { key: null, method: "GET" });
  assert.equal((await ask(`${home}/models`, { body: {} })).method, "POST");
  assert.equal(await ask(`${home}/card`, { text: true }), "# no JSON");
});

test("a key that is kept goes along", async () => {
  assert.equal(hasKey(), false);
  keepKey("reader");
  assert.equal((await ask(`${home}/models`)).key, "reader");
  kept.clear();
});

test("what keeps a question from being answered is named", async () => {
  assert.deepEqual(await catchRefusal(ask(`${home}/refused`)), ["division_by_zero", 422, "b"]);
  assert.deepEqual(await catchRefusal(ask(`${home}/broken`)), ["unreadable", 502, undefined]);
  assert.deepEqual(await catchRefusal(ask(`${home}/card`)), ["unreadable", 200, undefined]);
  assert.deepEqual(await catchRefusal(ask("http://127.0.0.1:1/")), ["unreachable", 0, undefined]);
});

test("a question that is no longer wanted ends with its own reason", async () => {
  const stopped = new AbortController();
  const answer = ask(`${home}/models`, { signal: stopped.signal });
  stopped.abort();
  await assert.rejects(answer, { name: "AbortError" });
});

test("the address of a file keeps its folders and escapes the rest", () => {
  const address = locateFile({ model: "mlp", version: 3 }, "training/a b?.csv");
  assert.equal(address, "models/mlp/versions/3/files/training/a%20b%3F.csv");
});
