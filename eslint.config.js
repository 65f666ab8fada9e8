// What the page's JavaScript is held to, beside its form (prettier) and its types (tsc).

import js from "@eslint/js";
import globals from "globals";

const EFFECT = "CallExpression[callee.name='useEffect']";

// Effects run after the first paint, or later on a busy device; events do not wait for them.
// What a handler reads, and what hears an event, has to be there before the first one can come.
const THERE_IN_TIME = [
  {
    selector: `${EFFECT} AssignmentExpression[left.property.name='current']`,
    message:
      "expected a ref that holds its value when it is rendered. Received: one that an effect sets, " +
      "after events may have come. Give it its value with useRef or useMemo",
  },
  {
    selector: `${EFFECT} CallExpression:matches([callee.name='addEventListener'], [callee.property.name='addEventListener'])`,
    message:
      "expected a listener that is there before the first event. Received: one that an effect adds, " +
      "after the paint. Add it in useLayoutEffect",
  },
];

export default [
  { ignores: ["**/lib/**", "service/static/*.js", "trainer/", ".venv/", "ci-output/"] },
  js.configs.recommended,
  {
    languageOptions: { ecmaVersion: "latest", sourceType: "module" },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      complexity: ["error", 12],
      curly: ["error", "multi-line"],
      eqeqeq: "error",
      "max-lines": ["error", 300],
      "no-console": "error",
      "no-implicit-coercion": ["error", { allow: ["+"] }],
      "no-restricted-syntax": ["error", ...THERE_IN_TIME],
      "no-shadow": "error",
      "no-unused-vars": ["error", { args: "all", argsIgnorePattern: "^_" }],
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-const": "error",
      "prefer-template": "error",
    },
  },
  { files: ["service/static/page/**"], languageOptions: { globals: globals.browser } },
  { files: ["tests/page/**", "*.js"], languageOptions: { globals: globals.node } },
];
