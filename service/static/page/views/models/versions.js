// Which versions there are, which one is meant, and what distinguishes them.

import { writeDomain } from "../../domains.js";

/**
 * @typedef {import("../../api.js").Listing} Listing
 * @typedef {import("../../networks.js").Manifest} Manifest
 */

/**
 * Returns {model, version, listing} for an address, with what it leaves out filled in; `version`
 * is undefined where the address names a model or version that is not there.
 * @param {Listing[]} models
 * @param {{model?: string, version?: string}} asked
 * @returns {{model?: string, asked?: string, version?: number, listing?: Listing}}
 */
export function choose(models, { model, version }) {
  const listing = model === undefined ? models[0] : models.find((one) => one.model === model);
  if (!listing) return { model, asked: version };
  const { serving_version: serving, default_version: meant, versions } = listing;
  const chosen = version === undefined ? (serving ?? meant ?? versions.at(-1)) : Number(version);
  return {
    model: listing.model,
    asked: version,
    version: versions.find((one) => one === chosen),
    listing,
  };
}

/**
 * Returns the labels that point to a version.
 * @param {Listing} listing
 * @param {number} version
 */
export function listLabels({ labels }, version) {
  return Object.keys(labels).filter((label) => labels[label] === version);
}

/**
 * Returns the versions to compare one with: the newest ones, that one among them, ascending.
 * @param {number[]} versions
 * @param {number} chosen
 * @param {number} count
 */
export function pickCompared(versions, chosen, count) {
  const newest = versions.filter((version) => version !== chosen).slice(-(count - 1));
  return [...newest, chosen].sort((one, other) => one - other);
}

/**
 * Returns [{name, values}] for every setting that is not the same in all manifests, a value for
 * each.
 * @param {Manifest[]} manifests
 */
export function findDifferences(manifests) {
  const settings = manifests.map(listSettings);
  const names = [...new Set(settings.flatMap((one) => Object.keys(one)))];
  return names
    .map((name) => ({ name, values: settings.map((one) => one[name]) }))
    .filter(({ values }) => values.some((value) => value !== values[0]));
}

/**
 * @param {Manifest} manifest
 * @returns {Record<string, unknown>}
 */
function listSettings({ config, hyperparameters, seed, signature, source_revision: revision }) {
  // What a network of another task says of these may be anything.
  const { operations = [], inputs = [], domains = [] } = signature;
  return {
    ...(config.preset === undefined ? {} : { preset: String(config.preset) }),
    ...hyperparameters,
    seed,
    operations: operations.join(" "),
    dtype: inputs[0]?.dtype,
    range: domains.map(writeDomain).join(", "),
    revision: revision.slice(0, 10),
  };
}
