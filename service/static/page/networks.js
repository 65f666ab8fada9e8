// What a network's manifest says of it that decides how it is shown. No view looks at its family.

/**
 * @typedef {import("./domains.js").Signature} Signature
 * @typedef {{n: number, mae: number, median: number, p99: number, max: number}} Errors
 * @typedef {object} Manifest
 * @property {string} model
 * @property {number} version
 * @property {string} task What it does: "calculation", or what this page does not know yet.
 * @property {"approximation" | "computation"} answers_by How it comes to an answer.
 * @property {Signature} signature
 * @property {{overall: Errors, per_operation: Record<string, Errors>}} metrics
 * @property {Record<string, unknown>} hyperparameters
 * @property {Record<string, unknown>} config
 * @property {number} seed
 * @property {Record<string, string>} libraries
 * @property {string} source_revision
 * @property {string} created_at
 * @property {Record<string, unknown>} files
 */

/**
 * Returns whether a network answers problems: only those can be asked and compared.
 * @param {Pick<Manifest, "task">} manifest
 */
export const isCalculator = ({ task }) => task === "calculation";

/**
 * Returns whether a network computes an answer, where others come close to it.
 * @param {Pick<Manifest, "answers_by">} manifest
 */
export const computes = ({ answers_by: way }) => way === "computation";

const COLORS = { approximation: "approximation", computation: "computation" };

/**
 * Returns the name of the page's colour for a network: one for each way to answer.
 * @param {Partial<Pick<Manifest, "answers_by">> | undefined} manifest
 */
export const nameColor = (manifest) =>
  COLORS[/** @type {keyof typeof COLORS} */ (manifest?.answers_by)] ?? "accent";

/** @param {Parameters<typeof nameColor>[0]} manifest */
export const colorOf = (manifest) => `var(--${nameColor(manifest)})`;

/** @type {Record<string, Record<import("./operations.js").Tag, string>>} */
const NAMES = {
  mlp: { en: "Plain network (MLP)", "pt-BR": "Rede comum (MLP)" },
  arithmetic: { en: "Arithmetic unit", "pt-BR": "Unidade aritmética" },
};

/**
 * Returns the name of a model as people say it.
 * @param {string} model
 * @param {import("./operations.js").Tag} language
 */
export const nameModel = (model, language) =>
  Object.hasOwn(NAMES, model) ? NAMES[model][language] : model;
