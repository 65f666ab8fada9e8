// The frame of the page: which view is shown, and in which language.

import { chooseLanguage, keepLanguage, Language, LANGUAGES, useWords } from "./language.js";
import { html, render, useEffect, useHash, useLayoutEffect, useRef, useState } from "./ui.js";

const ICON = new URL("icon.svg", import.meta.url).href;
const VIEWS = ["calculate", "practise", "explore", "models"];
const WORDS = {
  en: {
    calculate: "Calculate",
    practise: "Practise",
    explore: "Explore",
    models: "Models",
    skip: "Skip to the content",
    views: "Views",
    language: "Language",
    loading: "Loading…",
    broken: "This view could not be loaded: {message}",
    again: "Try again",
    about: "Neural networks that learned arithmetic from examples.",
    docs: "API documentation",
  },
  "pt-BR": {
    calculate: "Calcular",
    practise: "Praticar",
    explore: "Explorar",
    models: "Modelos",
    skip: "Pular para o conteúdo",
    views: "Telas",
    language: "Idioma",
    loading: "Carregando…",
    broken: "Não foi possível carregar esta tela: {message}",
    again: "Tentar de novo",
    about: "Redes neurais que aprenderam aritmética com exemplos.",
    docs: "Documentação da API",
  },
};

function Page() {
  const [language, setLanguage] = useState(chooseLanguage);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const choose = (chosen) => {
    keepLanguage(chosen);
    setLanguage(chosen);
  };
  return html`
    <${Language.Provider} value=${language}>
      <${Frame} language=${language} choose=${choose} />
    <//>
  `;
}

function Frame({ language, choose }) {
  const words = useWords(WORDS);
  const [view] = useHash(readView);
  const main = useRef();
  const moved = useRef(false);
  useEffect(() => {
    document.title = `${words(view)} · Tabuada`;
  }, [view, language]);
  useLayoutEffect(() => {
    // Screen readers say where a link led to; at the first view there is nothing to say.
    if (moved.current) main.current.focus();
    moved.current = true;
  }, [view]);
  const skip = (event) => {
    event.preventDefault(); // the part after # names the view
    main.current.focus();
  };
  return html`
    <a class="skip" href="#main" onClick=${skip}>${words("skip")}</a>
    <header>
      <a class="brand" href="#/calculate"><img src=${ICON} alt="" />Tabuada</a>
      <nav aria-label=${words("views")}>
        ${VIEWS.map(
          (name) => html`
          <a key=${name} href=${`#/${name}`} aria-current=${name === view ? "page" : undefined}>
            ${words(name)}
          </a>`,
        )}
      </nav>
      <label class="language">
        <span class="hidden">${words("language")}</span>
        <select value=${language} onChange=${(event) => choose(event.target.value)}>
          ${Object.entries(LANGUAGES).map(
            ([tag, name]) => html`
            <option key=${tag} value=${tag} lang=${tag}
              selected=${tag === language}>${name}</option>`,
          )}
        </select>
      </label>
    </header>
    <main id="main" tabindex="-1" ref=${main}><${View} name=${view} /></main>
    <footer>
      <p>${words("about")} <a href="docs">${words("docs")}</a></p>
    </footer>
  `;
}

// Loads a view when it is first shown: none of them makes another one wait.
function View({ name }) {
  const words = useWords(WORDS);
  const [loaded, setLoaded] = useState({});
  const [problem, setProblem] = useState();
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let isShown = true;
    setProblem(undefined);
    import(`./views/${name}/view.js`).then(
      ({ default: component }) => setLoaded((others) => ({ ...others, [name]: component })),
      (error) => isShown && setProblem(error), // what another view lacks is no problem of this one
    );
    return () => (isShown = false);
  }, [name, turn]);
  const again = async () => {
    // Where the service was upgraded meanwhile, views come with a page of their own release.
    if (await isOutdated()) location.reload();
    else setTurn(turn + 1);
  };
  if (problem) {
    return html`
      <div class="notice problem" role="alert">
        <p>${words("broken", problem)}</p>
        <button type="button" onClick=${again}>${words("again")}</button>
      </div>
    `;
  }
  const component = loaded[name];
  return component ? html`<${component} />` : html`<p class="notice">${words("loading")}</p>`;
}

// Whether the files of this page are there no more.
function isOutdated() {
  return fetch(import.meta.url, { method: "HEAD", cache: "no-store" }).then(
    (answer) => answer.status === 404,
    () => false, // nobody answers: it may be the same as before
  );
}

// `#/explore?model=mlp` shows the view `explore`; what follows the question mark is its own.
function readView() {
  const [name] = location.hash.replace(/^#\//, "").split("?");
  return VIEWS.includes(name) ? name : VIEWS[0];
}

render(html`<${Page} />`, /** @type {Element} */ (document.getElementById("app")));
