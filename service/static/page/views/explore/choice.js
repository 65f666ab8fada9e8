// What is looked at: which versions, which operation, how wide a range. The address keeps it.

export const NONE = "none";
export const RANGES = [1, 2, 10];

// Reads `#/explore?model=mlp&version=1&with=arithmetic&withVersion=1&operation=/&range=2`.
// What is left out is undefined, or the first of its kind.
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

export function writeChoice({ first, second, operation, range }) {
  const asked = new URLSearchParams();
  if (first) {
    asked.set("model", first.model);
    asked.set("version", first.version);
  }
  if (second) asked.set("with", second === NONE ? NONE : second.model);
  if (second && second !== NONE) asked.set("withVersion", second.version);
  if (operation) asked.set("operation", operation);
  asked.set("range", range);
  return `#/explore?${asked}`;
}

// Fills in what a choice leaves open: the plain network first, and a network of another model
// beside it, since telling the two apart is what one comes for.
export function complete(choice, models) {
  const known = models.filter(({ versions }) => versions.length > 0);
  const first =
    choose(choice.first, known) ?? open(known.find(({ model }) => model === "mlp") ?? known[0]);
  if (choice.second === NONE) return { ...choice, first, second: NONE };
  const other = known.find(({ model }) => model !== first?.model);
  const second = choose(choice.second, known) ?? open(other);
  return { ...choice, first, second: !second || isSame(second, first) ? NONE : second };
}

// All versions that can be chosen, newest first, and those of the choice that are not listed.
export function listOptions(models, choice) {
  const listed = models.flatMap(({ model, versions, default_version }) =>
    [...versions]
      .reverse()
      .map((version) => ({ model, version, serving: version === default_version })),
  );
  const strangers = [choice.first, choice.second].filter(
    (panel) => panel && panel !== NONE && !listed.some((option) => isSame(option, panel)),
  );
  return [...listed, ...strangers];
}

export const isSame = (one, other) => one.model === other.model && one.version === other.version;
export const nameOption = ({ model, version }) => `${model}/${version}`;

function readPanel(model, version) {
  if (!model) return undefined;
  return /^[1-9]\d{0,8}$/.test(version ?? "") ? { model, version: Number(version) } : { model };
}

// A model without a version means the one that it serves by default.
function choose(panel, models) {
  if (!panel || panel.version) return panel;
  const found = models.find(({ model }) => model === panel.model);
  return found ? open(found) : { ...panel, version: 1 };
}

function open(summary) {
  return (
    summary && { model: summary.model, version: summary.default_version ?? summary.versions.at(-1) }
  );
}
