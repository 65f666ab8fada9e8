// What is looked at: which versions, which operation, how wide a range. The address keeps it.

/**
 * @typedef {{model: string, version?: number}} Panel A version; the one that serves where it names
 *   none.
 * @typedef {{model: string, version: number}} Opened
 * @typedef {object} Choice
 * @property {Panel} [first]
 * @property {Panel | "none"} [second]
 * @property {string} [operation]
 * @property {number} range
 * @typedef {import("../../api.js").Listing} Listing
 */

export const NONE = "none";
export const RANGES = [1, 2, 10];

/**
 * Reads `#/explore?model=mlp&version=1&with=arithmetic&withVersion=1&operation=/&range=2`.
 * What is left out is undefined, or the first of its kind.
 * @param {string} hash
 * @returns {Choice}
 */
export function readChoice(hash) {
  const asked = new URLSearchParams(hash.split("?")[1] ?? "");
  const range = Number(asked.get("range"));
  return {
    first: readPanel(asked.get("model"), asked.get("version")),
    second:
      asked.get("with") === NONE ? NONE : readPanel(asked.get("with"), asked.get("withVersion")),
    operation: asked.get("operation") ?? undefined,
    range: RANGES.includes(range) ? range : RANGES[0],
  };
}

/** @param {Choice} choice */
export function writeChoice({ first, second, operation, range }) {
  const asked = new URLSearchParams();
  if (first) {
    asked.set("model", first.model);
    if (first.version) asked.set("version", String(first.version));
  }
  if (second) asked.set("with", second === NONE ? NONE : second.model);
  if (second && second !== NONE && second.version) {
    asked.set("withVersion", String(second.version));
  }
  if (operation) asked.set("operation", operation);
  asked.set("range", String(range));
  return `#/explore?${asked}`;
}

/**
 * Fills in what a choice leaves open: the plain network first, and a network of another model
 * beside it, since telling the two apart is what one comes for.
 * @param {Choice} choice
 * @param {Listing[]} models
 * @returns {{first?: Opened, second: Opened | "none", operation?: string, range: number}}
 */
export function complete(choice, models) {
  const known = models.filter(({ versions }) => versions.length > 0);
  const first =
    choose(choice.first, known) ?? open(known.find(({ model }) => model === "mlp") ?? known[0]);
  if (choice.second === NONE) return { ...choice, first, second: NONE };
  const other = known.find(({ model }) => model !== first?.model);
  const second = choose(choice.second, known) ?? open(other);
  const isAlone = !first || !second || isSame(second, first);
  return { ...choice, first, second: isAlone ? NONE : second };
}

/**
 * All versions that can be chosen, newest first, and those of the choice that are not listed.
 * @param {Listing[]} models
 * @param {Choice} choice
 * @returns {(Opened & {serving?: boolean})[]}
 */
export function listOptions(models, choice) {
  const listed = models.flatMap(({ model, versions, default_version }) =>
    [...versions]
      .reverse()
      .map((version) => ({ model, version, serving: version === default_version })),
  );
  const chosen = [choice.first, choice.second].flatMap((panel) =>
    panel && panel !== NONE && panel.version ? [{ ...panel, version: panel.version }] : [],
  );
  const strangers = chosen.filter((panel) => !listed.some((option) => isSame(option, panel)));
  return [...listed, ...strangers];
}

/** @type {(one: Panel, other: Panel) => boolean} */
export const isSame = (one, other) => one.model === other.model && one.version === other.version;
/** @type {(option: Panel) => string} */
export const nameOption = ({ model, version }) => `${model}/${version}`;

/**
 * @param {string | null} model
 * @param {string | null} version
 * @returns {Panel | undefined}
 */
function readPanel(model, version) {
  if (!model) return undefined;
  return /^[1-9]\d{0,8}$/.test(version ?? "") ? { model, version: Number(version) } : { model };
}

/**
 * A model without a version means the one that it serves by default.
 * @param {Panel | undefined} panel
 * @param {Listing[]} models
 * @returns {Opened | undefined}
 */
function choose(panel, models) {
  if (!panel) return undefined;
  if (panel.version) return { model: panel.model, version: panel.version };
  const found = models.find(({ model }) => model === panel.model);
  return found ? open(found) : { ...panel, version: 1 };
}

/**
 * @param {Listing | undefined} summary
 * @returns {Opened | undefined}
 */
function open(summary) {
  if (!summary) return undefined;
  const { model, versions, default_version: meant } = summary;
  return { model, version: meant ?? versions[versions.length - 1] };
}
