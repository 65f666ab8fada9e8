// What each step of a worked way says.

import { capitalize } from "../../language.js";
import { signOf } from "../../operations.js";
import { writeDecimal } from "./solve/decimals.js";

/** @typedef {import("../../operations.js").Tag} Tag */

const EN = {
  columns: "Write the numbers one under the other, ones under ones.",
  "columns-point": "Write the numbers one under the other, point under point.",
  fill: "Fill up with zeros: {number} is the same as {padded}.",
  add: "{place}: {parts} = {sum}. Write {write}.",
  "add-carry": "{place}: {parts} = {sum}. Write {write} and carry {carry}.",
  "add-single": "{place}: there is only {write}. Write it down.",
  "carry-down": "{place}: there is only the carried {write}. Write it down.",
  borrow: "{place}: {bottom} cannot be taken from {top}. Borrow from the {lender}: {changes}.",
  "borrow-across":
    "{place}: {bottom} cannot be taken from {top}, and the next digit is 0. Borrow from the {lender}: {changes}.",
  change: "the {place} go from {from} to {to}",
  subtract: "{place}: {top} − {bottom} = {write}. Write {write}.",
  "subtract-nothing": "{place}: {top} − {bottom} = {write}. A zero in front is not written.",
  single: "{place}: nothing is taken away. Write {top}.",
  "single-nothing": "{place}: {top} is left. A zero in front is not written.",
  shorten: "{text} is the same as {short}.",
  opposite: "Taking away {b} is the same as adding {opposite}.",
  "both-negative": "Both numbers are negative: add {x} and {y}, then put a minus in front.",
  "larger-negative":
    "One number is negative: take {smaller} from {larger}. The answer is negative, because the larger part is.",
  "larger-positive":
    "One number is negative: take {smaller} from {larger}. The answer is positive, because the larger part is.",
  "below-zero":
    "{b} is larger than {a}, so the answer is below zero. Work out {b} − {a}, then put a minus in front.",
  minus: "Put the minus in front: {answer}.",
  swap: "The order does not matter: write {first} on top, because it has more digits.",
  rows: "Write {first} on top and {second} under it.",
  "without-points": "Leave the points out for now: multiply {whole}.",
  "row-zero": "The digit in the {place} is {digit}: its row is all zeros, so leave it out.",
  "row-first": "First row: multiply by the {digit} in the ones.",
  row: "Next row: multiply by the {digit} in the {place}. Write {zeros} at the right first.",
  times: "{digit} × {other} = {product}. Write {write}.",
  "times-plus": "{digit} × {other} = {bare}, plus the carried {plus} is {product}. Write {write}.",
  "times-carry": "{digit} × {other} = {product}. Write {write} and carry {carry}.",
  "times-plus-carry":
    "{digit} × {other} = {bare}, plus the carried {plus} is {product}. Write {write} and carry {carry}.",
  "add-rows": "Now add the rows: {rows}.",
  "set-point":
    "Put the point back. The two numbers have {places} decimal places together: {product} becomes {text}.",
  "set-point-one":
    "Put the point back. The two numbers have {places} decimal place together: {product} becomes {text}.",
  "signs-differ":
    "Exactly one number is negative, so the answer is negative. Work without the signs first.",
  "signs-alike": "Both numbers are negative, so the answer is positive. Work without the signs.",
  "same-places":
    "Give both numbers the same number of decimal places: {paddedA} ÷ {paddedB}. Without the points: {toA} ÷ {toB}.",
  "move-points": "Multiply both numbers by {factor}, so that the divisor is whole: {toA} ÷ {toB}.",
  "set-bracket": "Write {dividend} under the bracket and the divisor, {divisor}, in front of it.",
  "set-key": "Write {dividend}, and the divisor, {divisor}, in the key at its right.",
  take: "Begin with the first digits: {working}.",
  divide:
    "{working} ÷ {divisor} gives {digit}, as {digit} × {divisor} = {product}. Left over: {working} − {product} = {rest}.",
  "divide-zero": "{divisor} does not go into {working}: write 0 in the quotient.",
  point: "The point comes next: write it in the quotient.",
  "point-behind":
    "No digit is left to bring down: write a point in the quotient and go on with zeros.",
  bring: "Bring down the {digit}. That makes {working}.",
  append: "Add a 0. That makes {working}.",
  "count-on": "Start at {large} and count on {small}: {answer}.",
  "make-ten": "Fill up to ten: {small} is {toTen} and {rest}, and {large} + {toTen} = 10.",
  "from-ten": "Then 10 + {rest} = {answer}.",
  "down-to-ten": "Go down to ten first: {b} is {overTen} and {rest}, and {a} − {overTen} = 10.",
  "below-ten": "Then 10 − {rest} = {answer}.",
  "think-addition": "What must be added to {b} to make {a}? {b} + {answer} = {a}.",
  known: "Begin with an easy one: {factor} × {other} = {product}.",
  "times-ten": "Ten times is easy: {factor} × {other} = {product}.",
  "the-rest": "Then the rest: {factor} × {other} = {product}.",
  together: "Put them together: {first} + {second} = {answer}.",
  double: "Two times is the double: {other} + {other} = {answer}.",
  half: "Five times is half of {before}: {answer}.",
  "one-less": "Nine times is {other} less: {before} − {other} = {answer}.",
  "double-again": "Four times is the double of {before}: {before} + {before} = {answer}.",
  "too-little": "{b} times what makes {a}? {b} × {quotient} = {product} is too little.",
  found: "{b} × {quotient} = {a}, so {quotient} is the one.",
  answer: "So {a} {operation} {b} = {answer}.",
  "answer-remainder": "So {a} {operation} {b} = {answer}, remainder {remainder}.",
};

const PT = {
  columns: "Escreva um número embaixo do outro, unidade embaixo de unidade.",
  "columns-point": "Escreva um número embaixo do outro, vírgula embaixo de vírgula.",
  fill: "Complete com zeros: {number} é igual a {padded}.",
  add: "{place}: {parts} = {sum}. Escreva {write}.",
  "add-carry": "{place}: {parts} = {sum}. Escreva {write} e vai {carry}.",
  "add-single": "{place}: só há {write}. Copie.",
  "carry-down": "{place}: só há o {write} que foi. Copie.",
  borrow: "{place}: não dá para tirar {bottom} de {top}. Pegue emprestado: {changes}.",
  "borrow-across":
    "{place}: não dá para tirar {bottom} de {top}, e o algarismo ao lado é 0. Pegue emprestado mais à esquerda: {changes}.",
  change: "{place}, de {from} para {to}",
  subtract: "{place}: {top} − {bottom} = {write}. Escreva {write}.",
  "subtract-nothing": "{place}: {top} − {bottom} = {write}. Não se escreve zero na frente.",
  single: "{place}: não há o que tirar. Copie o {top}.",
  "single-nothing": "{place}: sobrou {top}. Não se escreve zero na frente.",
  shorten: "{text} é igual a {short}.",
  opposite: "Subtrair {b} é o mesmo que somar {opposite}.",
  "both-negative": "Os dois números são negativos: some {x} e {y} e ponha o sinal de menos.",
  "larger-negative":
    "Só um dos números é negativo: tire {smaller} de {larger}. O resultado é negativo, como a parte maior.",
  "larger-positive":
    "Só um dos números é negativo: tire {smaller} de {larger}. O resultado é positivo, como a parte maior.",
  "below-zero":
    "{b} é maior que {a}, então o resultado fica abaixo de zero. Calcule {b} − {a} e ponha o sinal de menos.",
  minus: "Ponha o sinal de menos: {answer}.",
  swap: "A ordem dos fatores não importa: escreva {first} em cima, porque tem mais algarismos.",
  rows: "Escreva {first} em cima e {second} embaixo.",
  "without-points": "Por enquanto, deixe as vírgulas de lado: multiplique {whole}.",
  "row-zero": "O algarismo das {place} é {digit}: a linha dele só teria zeros e fica de fora.",
  "row-first": "Primeira linha: multiplique pelo {digit} das unidades.",
  row: "Próxima linha: multiplique pelo {digit} das {place}. Antes, escreva {zeros} à direita.",
  times: "{digit} × {other} = {product}. Escreva {write}.",
  "times-plus": "{digit} × {other} = {bare}, mais {plus} que foi são {product}. Escreva {write}.",
  "times-carry": "{digit} × {other} = {product}. Escreva {write} e vai {carry}.",
  "times-plus-carry":
    "{digit} × {other} = {bare}, mais {plus} que foi são {product}. Escreva {write} e vai {carry}.",
  "add-rows": "Agora some as linhas: {rows}.",
  "set-point":
    "Ponha a vírgula. Juntos, os dois números têm {places} casas decimais: {product} vira {text}.",
  "set-point-one":
    "Ponha a vírgula. Juntos, os dois números têm {places} casa decimal: {product} vira {text}.",
  "signs-differ":
    "Só um dos números é negativo, então o resultado é negativo. Calcule primeiro sem os sinais.",
  "signs-alike":
    "Os dois números são negativos, então o resultado é positivo. Calcule sem os sinais.",
  "same-places": "Iguale as casas decimais: {paddedA} ÷ {paddedB}. Sem as vírgulas: {toA} ÷ {toB}.",
  "move-points":
    "Multiplique os dois números por {factor}, para que o divisor seja inteiro: {toA} ÷ {toB}.",
  "set-bracket": "Escreva {dividend} embaixo da chave e o divisor, {divisor}, à frente dela.",
  "set-key": "Arme a conta: {dividend} e, à direita, o divisor {divisor} na chave.",
  take: "Comece pelos primeiros algarismos: {working}.",
  divide:
    "{working} ÷ {divisor} dá {digit}, pois {digit} × {divisor} = {product}. Resto: {working} − {product} = {rest}.",
  "divide-zero": "{working} não dá para dividir por {divisor}: escreva 0 no quociente.",
  point: "Chegou a vírgula: escreva a vírgula no quociente.",
  "point-behind":
    "Não há mais algarismo para baixar: ponha uma vírgula no quociente e continue com zeros.",
  bring: "Baixe o {digit}. Fica {working}.",
  append: "Acrescente um 0. Fica {working}.",
  "count-on": "Parta do {large} e conte mais {small}: {answer}.",
  "make-ten": "Complete dez: {small} é {toTen} mais {rest}, e {large} + {toTen} = 10.",
  "from-ten": "Depois, 10 + {rest} = {answer}.",
  "down-to-ten": "Volte primeiro até dez: {b} é {overTen} mais {rest}, e {a} − {overTen} = 10.",
  "below-ten": "Depois, 10 − {rest} = {answer}.",
  "think-addition": "Quanto falta para o {b} chegar a {a}? {b} + {answer} = {a}.",
  known: "Comece por uma conta fácil: {factor} × {other} = {product}.",
  "times-ten": "Vezes dez é fácil: {factor} × {other} = {product}.",
  "the-rest": "Depois, o que falta: {factor} × {other} = {product}.",
  together: "Junte as duas partes: {first} + {second} = {answer}.",
  double: "Vezes dois é o dobro: {other} + {other} = {answer}.",
  half: "Vezes cinco é a metade de {before}: {answer}.",
  "one-less": "Vezes nove é {other} a menos: {before} − {other} = {answer}.",
  "double-again": "Vezes quatro é o dobro de {before}: {before} + {before} = {answer}.",
  "too-little": "{b} vezes quanto dá {a}? {b} × {quotient} = {product} ainda é pouco.",
  found: "{b} × {quotient} = {a}: o número é {quotient}.",
  answer: "Então {a} {operation} {b} = {answer}.",
  "answer-remainder": "Então {a} {operation} {b} = {answer}, com resto {remainder}.",
};

/** @type {Record<Tag, Record<string, string>>} */
export const STEP_WORDS = { en: EN, "pt-BR": PT };

// By place, from millionths to millions.
/** @type {Record<Tag, string[]>} */
const PLACES = {
  en: [
    "millionths",
    "hundred-thousandths",
    "ten-thousandths",
    "thousandths",
    "hundredths",
    "tenths",
    "ones",
    "tens",
    "hundreds",
    "thousands",
    "ten thousands",
    "hundred thousands",
    "millions",
  ],
  "pt-BR": [
    "milionésimos",
    "centésimos de milésimo",
    "décimos de milésimo",
    "milésimos",
    "centésimos",
    "décimos",
    "unidades",
    "dezenas",
    "centenas",
    "unidades de milhar",
    "dezenas de milhar",
    "centenas de milhar",
    "milhões",
  ],
};
/** @type {Record<string, string>} */
const JOINED = { parts: "+", rows: "+", whole: "*" }; // by operation
const SECOND = new Set(["b", "opposite"]); // they stand behind a sign, where a minus wants brackets

/**
 * @param {Record<string, any>} step
 * @param {Tag} language
 */
export function tellStep(step, language) {
  /** @type {Record<string, any>} */
  const values = { ...step, bare: step.digit * step.other };
  const text = STEP_WORDS[language][step.key].replace(/\{(\w+)\}/gu, (_, name) =>
    tellValue(name, values[name], language),
  );
  return capitalize(text);
}

/**
 * @param {string} name
 * @param {any} value
 * @param {Tag} language
 * @returns {string}
 */
function tellValue(name, value, language) {
  if (name === "place" || name === "lender") return PLACES[language][value + 6];
  if (name === "operation") return signOf(value);
  if (name === "zeros") return "0".repeat(value);
  if (name === "changes") {
    return value
      .map((/** @type {Record<string, any>} */ change) => tellChange(change, language))
      .join(language === "en" ? ", " : "; ");
  }
  if (name in JOINED) {
    return value
      .map((/** @type {number} */ part) => writeDecimal(part, language))
      .join(` ${signOf(JOINED[name])} `);
  }
  const written = writeDecimal(value, language);
  return SECOND.has(name) && written.startsWith("−") ? `(${written})` : written;
}

/** @type {(change: Record<string, any>, language: Tag) => string} */
const tellChange = (change, language) =>
  STEP_WORDS[language].change.replace(/\{(\w+)\}/gu, (_, name) =>
    tellValue(name, change[name], language),
  );
