// Asks every network that serves, and puts what is known of it beside its answer.

import { listModels, predict, readManifest, Refused } from "../../api.js";
import { parseExpression } from "./expression.js";

const manifests = new Map(); // a version never changes

// Returns {expression, problem, exact, answers}. Each of `answers` is {model, version, manifest,
// predicted, exact, outside}, or {model, refused} where that network alone cannot answer.
export async function askNetworks(expression, signal) {
  if (!expression.trim()) throw new Refused("malformed_expression", "nothing to answer");
  const { models } = await listModels(signal);
  const serving = models.filter(({ serving_version: version }) => version !== undefined);
  if (!serving.length) throw new Refused("not_ready", "no network answers yet");
  const settled = await Promise.allSettled(
    serving.map(({ model }) => askNetwork(model, expression, signal)),
  );
  const first = settled.find(({ status }) => status === "fulfilled");
  if (!first) throw settled[0].reason;
  const answers = settled.map(
    ({ value, reason }, index) => value ?? { model: serving[index].model, refused: reason },
  );
  return { expression, problem: parseExpression(expression), exact: first.value.exact, answers };
}

async function askNetwork(model, expression, signal) {
  const answer = await predict({ expressions: [expression], model, exact: true }, signal);
  return {
    model,
    version: answer.version,
    manifest: await findManifest(model, answer.version, signal),
    predicted: answer.predictions[0],
    exact: answer.exact[0],
    outside: answer.out_of_domain.length > 0,
  };
}

// Without its manifest a network is still shown, with nothing said about why.
async function findManifest(model, version, signal) {
  const key = `${model}/${version}`;
  if (!manifests.has(key)) {
    const manifest = await readManifest(model, version, signal).catch(() => undefined);
    if (manifest) manifests.set(key, manifest);
    return manifest;
  }
  return manifests.get(key);
}
