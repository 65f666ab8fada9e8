// Shows a model card: text inside elements of this page's own choosing.

import { html } from "../../ui.js";
import { parseMarkdown } from "./markdown.js";

const BELOW = 2; // the card's own title goes under the heading of its section

export function Card({ source }) {
  return parseMarkdown(source).map((block) => html`<${Block} block=${block} />`);
}

function Block({ block }) {
  if (block.kind === "heading") {
    const tag = `h${Math.min(block.level + BELOW, 6)}`;
    return html`<${tag}><${Parts} parts=${block.parts} /><//>`;
  }
  if (block.kind === "code") {
    return html`<pre class="scroll" tabindex="0"><code>${block.text}</code></pre>`;
  }
  if (block.kind === "table") return html`<${Table} ...${block} />`;
  if (block.kind === "list") {
    const tag = block.ordered ? "ol" : "ul";
    return html`
      <${tag}>${block.items.map((parts) => html`<li><${Parts} parts=${parts} /></li>`)}<//>`;
  }
  return html`<p><${Parts} parts=${block.parts} /></p>`;
}

function Table({ head, rows }) {
  return html`
    <div class="scroll" tabindex="0">
      <table>
        <thead><tr>${head.map(
          (parts) => html`
          <th scope="col"><${Parts} parts=${parts} /></th>`,
        )}</tr></thead>
        <tbody>
          ${rows.map(
            (cells) => html`
            <tr>${cells.map((parts) => html`<td><${Parts} parts=${parts} /></td>`)}</tr>`,
          )}
        </tbody>
      </table>
    </div>
  `;
}

const TAGS = { code: "code", strong: "strong", emphasis: "em" };

function Parts({ parts }) {
  return parts.map(({ kind, text }) => {
    const tag = TAGS[kind];
    return tag ? html`<${tag}>${text}<//>` : text;
  });
}
