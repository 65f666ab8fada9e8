// Asks every network that serves, and puts what is known of it beside its answer.

import { listModels, predict, readManifest, Refused } from "../../api.js";
import { isCalculator } from "../../networks.js";
import { parseExpression } from "./expression.js";

const manifests = new Map(); // a version never changes

// Returns {expression, problem, exact, answers}. Each of `answers` is {model, version, manifest,
// predicted, exact, outside, readAs}, or {model, manifest, refused} where that network alone cannot
// answer.
// Networks that do something else than calculate are left out. `readAs` is the problem as it was
// read, where it may have been meant otherwise.
export async function askNetworks(expression, signal) {
  if (!expression.trim()) throw new Refused("malformed_expression", "nothing to answer");
  const { models } = await listModels(signal);
  const serving = models.filter(({ serving_version: version }) => version !== undefined);
  if (!serving.length) throw new Refused("not_ready", "no network answers yet");
  const asked = await Promise.all(
    serving.map(async ({ model, serving_version: version }) => ({
      model,
      manifest: await findManifest(model, version, signal),
    })),
  );
  const answers = await Promise.all(
    asked
      .filter(({ manifest }) => !manifest || isCalculator(manifest))
      .map((network) => askNetwork(network, expression, signal)),
  );
  if (!answers.length) throw new Refused("not_ready", "no network that calculates answers yet");
  const first = answers.find(({ refused }) => !refused);
  if (!first) throw answers[0].refused;
  return { expression, problem: parseExpression(expression), exact: first.exact, answers };
}

async function askNetwork({ model, manifest }, expression, signal) {
  try {
    const answer = await predict({ expressions: [expression], model, exact: true }, signal);
    const { version } = answer;
    return {
      model,
      version,
      // Another version may have come to serve meanwhile.
      manifest:
        manifest?.version === version ? manifest : await findManifest(model, version, signal),
      predicted: answer.predictions[0],
      exact: answer.exact[0],
      outside: answer.out_of_domain.length > 0,
      readAs: answer.read_as?.["expressions[0]"],
    };
  } catch (refused) {
    return { model, manifest, refused };
  }
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
