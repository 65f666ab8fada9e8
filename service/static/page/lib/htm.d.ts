// What the page uses of htm, for the type check.

import type { h, Node, VNode } from "./preact.js";

declare const htm: {
  bind(create: typeof h): (parts: TemplateStringsArray, ...values: unknown[]) => VNode & Node;
};
export default htm;
