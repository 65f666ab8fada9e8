// What the page uses of preact, for the type check.

export interface VNode {
  type: unknown;
  props: Record<string, unknown>;
  key: unknown;
}
export type Node = VNode | string | number | boolean | null | undefined | Node[];
export interface Context<T> {
  Provider: (props: { value: T; children?: Node }) => VNode;
}
export function h(type: unknown, props: Record<string, unknown> | null, ...children: Node[]): VNode;
export function render(node: Node, parent: Element): void;
export function createContext<T>(value: T): Context<T>;
export const options: { requestAnimationFrame?: (flush: () => void) => void };
