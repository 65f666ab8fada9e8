// Why a network answered as it did: rules from what its manifest says of its training and its tests.

const NEAR_ZERO = 5; // times the least divisor that it was trained on
const NUDGE = 0.01;

// Returns sentences as [{key, values}], keys of the words under `why.`; numbers are numbers.
//
// `problem` is {a, operation, b}; `answer` is {predicted, exact, outside} with `outside` as the
// service says it; `manifest` is that of the version that answered.
export function explain(problem, answer, manifest) {
  if (manifest.family === "arithmetic") return [explainUnit(problem, answer)];
  const size = Math.abs(answer.predicted - answer.exact);
  const domain = manifest.signature.domains.find(({ symbol }) => symbol === problem.operation);
  const metrics = manifest.metrics.per_operation;
  const reason = (size === 0 && { key: "hit", values: {} }) ||
    (answer.outside && domain && explainOutside(problem, domain)) ||
    explainSteep(problem, domain) ||
    explainHard(problem, metrics) || { key: "between", values: {} };
  const own = metrics[problem.operation];
  // What is usual within the trained range says nothing about what lies outside.
  return own && !answer.outside ? [reason, compareWithUsual(size, own)] : [reason];
}

function explainUnit({ operation }, { predicted, exact }) {
  return { key: predicted === exact ? `unit.${operation}` : "unit.off", values: {} };
}

function explainOutside({ a, operation, b }, domain) {
  const values = { least: domain.min_abs_b, low: domain.a[0], high: domain.a[1] };
  if (operation === "/" && Math.abs(b) < domain.min_abs_b) {
    return { key: "tooSmall", values: { ...values, b } };
  }
  if (isWithin(a, domain.a)) {
    return { key: "outside", values: { low: domain.b[0], high: domain.b[1], number: b } };
  }
  return {
    key: isWithin(b, domain.b) ? "outside" : "bothOutside",
    values: { ...values, number: a },
  };
}

function isWithin(value, [low, high]) {
  return value >= low && value <= high;
}

// Next to zero a little of the divisor is much of the answer.
function explainSteep({ a, operation, b }, domain) {
  const near = domain && NEAR_ZERO * domain.min_abs_b;
  if (operation !== "/" || !(Math.abs(b) < near)) return undefined;
  const nudged = Number((b + Math.sign(b) * NUDGE).toPrecision(12));
  return { key: "steep", values: { b, nudged, before: a / b, after: a / nudged } };
}

// Says that an operation is the hardest only where the tests of this version say so.
function explainHard({ operation }, metrics) {
  const others = Object.entries(metrics).filter(([symbol]) => symbol !== operation);
  const own = metrics[operation];
  if (!own || !others.length) return undefined;
  const [easiest, { mae }] = others.reduce((best, next) =>
    next[1].mae < best[1].mae ? next : best,
  );
  if (operation !== "/" && operation !== "*") return undefined;
  if (!(own.mae > 2 * mae)) return undefined;
  return { key: `hard.${operation}`, values: { own: own.mae, other: mae, easiest } };
}

function compareWithUsual(size, { median, p99 }) {
  if (size > p99) return { key: "unusual", values: { p99 } };
  return { key: size > median ? "above" : "below", values: { median } };
}
