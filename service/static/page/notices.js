// What every view shows while it waits, and where the service refuses.

import { keepKey } from "./api.js";
import { useWords } from "./language.js";
import { html, useId } from "./ui.js";

const WORDS = {
  en: {
    waiting: "Asking the service…",
    slow: "The service is taking longer than usual. It is still being asked.",
    again: "Try again",
    unreachable:
      "The service cannot be reached. Is it running, and is this device connected to it?",
    timeout: "The service did not answer in time. It may have a lot to do: try again in a moment.",
    unreadable: "The service answered something that this page cannot read.",
    not_ready: "The service is up, but has no network yet. It answers as soon as one is trained.",
    unauthorized: "This service asks for a key.",
    refused: "The service refused: {message}",
    key: "API key",
    use: "Use it",
  },
  "pt-BR": {
    waiting: "Perguntando ao serviço…",
    slow: "O serviço está demorando mais que o normal. A pergunta continua de pé.",
    again: "Tentar de novo",
    unreachable: "Não há conexão com o serviço. Ele está no ar? Este aparelho está na rede dele?",
    timeout: "O serviço não respondeu a tempo. Talvez esteja ocupado: tente de novo daqui a pouco.",
    unreadable: "O serviço respondeu algo que esta página não entende.",
    not_ready: "O serviço está no ar, mas ainda sem rede. Ele responde assim que uma for treinada.",
    unauthorized: "Este serviço pede uma chave.",
    refused: "O serviço recusou: {message}",
    key: "Chave de API",
    use: "Usar",
  },
};

// Shows how an answer of `useAnswer` stands, for as long as there is nothing better to show.
export function Notice({ answer }) {
  const words = useWords(WORDS);
  if (answer.error) return html`<${Problem} error=${answer.error} again=${answer.again} />`;
  if (answer.data !== undefined && !answer.slow) return null;
  return html`<p class="notice" role="status">${words(answer.slow ? "slow" : "waiting")}</p>`;
}

// Shows what kept a question from being answered, and what to do.
export function Problem({ error, again }) {
  const words = useWords(WORDS);
  const known = error.code in WORDS.en ? words(error.code) : words("refused", error);
  return html`
    <div class="notice problem" role="alert">
      <p>${known}</p>
      ${error.code === "unauthorized" && html`<${KeyForm} again=${again} />`}
      ${again && html`<button type="button" onClick=${again}>${words("again")}</button>`}
    </div>
  `;
}

function KeyForm({ again }) {
  const words = useWords(WORDS);
  const id = useId();
  const submit = (event) => {
    event.preventDefault();
    keepKey(String(new FormData(event.target).get("key")).trim());
    again?.();
  };
  return html`
    <form onSubmit=${submit}>
      <label for=${id}>${words("key")}</label>
      <input id=${id} name="key" type="password" autocomplete="off" required />
      <button type="submit">${words("use")}</button>
    </form>
  `;
}
