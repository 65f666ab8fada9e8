// Answers questions about the page's modules: a line of JSON each way, {module, body, given} in and
// {value} or {error} out.

import { createInterface } from "node:readline";

const PAGE = new URL("../../service/static/page/", import.meta.url);
const load = (path) => import(new URL(path, PAGE));

async function evaluate({ module, body, given }) {
  const answer = new Function("module", "given", "load", `return (${body});`);
  return answer(await load(module), given, load);
}

for await (const line of createInterface({ input: process.stdin })) {
  const answer = await evaluate(JSON.parse(line)).then(
    (value) => ({ value }),
    (error) => ({ error: String(error.stack) }),
  );
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
