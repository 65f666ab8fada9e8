// What the skills are called.

import { writeProblem } from "../../operations.js";
import { writeDecimal } from "./solve/decimals.js";
import { BY_ID } from "./skills.js";

/** @typedef {import("../../operations.js").Tag} Tag */

/** @type {Record<Tag, Record<string, string>>} */
export const SKILL_WORDS = {
  en: {
    "add.2.none": "Adding two digits without a carry",
    "add.2.ones": "Adding with a carry from the ones",
    "add.2.tens": "Adding with a carry from the tens",
    "add.2.both": "Adding with a carry from ones and tens",
    "add.3.one": "Adding three digits with one carry",
    "add.3.several": "Adding three digits with several carries",
    "add.3.lengths": "Adding numbers of different length",
    "add.4.same": "Adding decimals with the same places",
    "add.4.places": "Adding decimals with different places",
    "add.4.whole": "Adding a decimal and a whole number",
    "add.5.both": "Adding two negative numbers",
    "add.5.first": "Adding to a negative number",
    "add.5.second": "Adding a negative number",
    "subtract.2.none": "Subtracting two digits without borrowing",
    "subtract.2.ones": "Subtracting with borrowing from the tens",
    "subtract.2.small": "Subtracting one digit across a ten",
    "subtract.3.one": "Subtracting three digits, borrowing once",
    "subtract.3.several": "Subtracting larger numbers, borrowing several times",
    "subtract.3.zero": "Borrowing across a zero",
    "subtract.4.same": "Subtracting decimals with the same places",
    "subtract.4.places": "Subtracting decimals with different places",
    "subtract.4.whole": "Subtracting a decimal from a whole number",
    "subtract.5.below": "Subtracting to below zero",
    "subtract.5.second": "Subtracting a negative number",
    "subtract.5.first": "Subtracting from a negative number",
    "subtract.5.both": "Subtracting a negative from a negative number",
    "multiply.2.none": "Multiplying two digits by one, without a carry",
    "multiply.2.carry": "Multiplying two digits by one, with a carry",
    "multiply.2.zero": "Multiplying a number with a zero inside",
    "multiply.3.two": "Multiplying two digits by two",
    "multiply.3.three": "Multiplying three digits by two",
    "multiply.3.tens": "Multiplying by tens",
    "multiply.3.gap": "Multiplying by a number with a zero inside",
    "multiply.4.whole": "Multiplying a decimal by a whole number",
    "multiply.4.one": "Multiplying decimals of one place",
    "multiply.4.places": "Multiplying decimals of different places",
    "multiply.4.small": "Multiplying by hundredths",
    "multiply.5.first": "Multiplying a negative number",
    "multiply.5.second": "Multiplying by a negative number",
    "multiply.5.both": "Multiplying two negative numbers",
    "divide.2.first": "Dividing by one digit",
    "divide.2.two": "Dividing where the first digit is too small",
    "divide.2.zero": "Dividing with a zero in the quotient",
    "divide.3.rest": "Dividing with a remainder",
    "divide.3.zero": "Dividing with a zero in the quotient and a remainder",
    "divide.3.two": "Dividing by two digits",
    "divide.3.two-rest": "Dividing by two digits with a remainder",
    "divide.4.on": "Dividing on behind the point",
    "divide.4.dividend": "Dividing a decimal by a whole number",
    "divide.4.below-one": "Dividing a number by a larger one",
    "divide.4.divisor": "Dividing by a decimal",
    "divide.5.first": "Dividing a negative number",
    "divide.5.second": "Dividing by a negative number",
    "divide.5.both": "Dividing two negative numbers",
  },
  "pt-BR": {
    "add.2.none": "Soma de dois algarismos, sem reserva",
    "add.2.ones": "Soma com reserva nas unidades",
    "add.2.tens": "Soma com reserva nas dezenas",
    "add.2.both": "Soma com reserva nas unidades e nas dezenas",
    "add.3.one": "Soma de três algarismos com uma reserva",
    "add.3.several": "Soma de três algarismos com várias reservas",
    "add.3.lengths": "Soma de números de tamanhos diferentes",
    "add.4.same": "Soma de decimais com as mesmas casas",
    "add.4.places": "Soma de decimais com casas diferentes",
    "add.4.whole": "Soma de decimal com número inteiro",
    "add.5.both": "Soma de dois números negativos",
    "add.5.first": "Soma que parte de um número negativo",
    "add.5.second": "Soma de um número negativo",
    "subtract.2.none": "Subtração de dois algarismos, sem empréstimo",
    "subtract.2.ones": "Subtração com empréstimo das dezenas",
    "subtract.2.small": "Subtração de um algarismo passando pela dezena",
    "subtract.3.one": "Subtração de três algarismos com um empréstimo",
    "subtract.3.several": "Subtração de números maiores com vários empréstimos",
    "subtract.3.zero": "Empréstimo passando por um zero",
    "subtract.4.same": "Subtração de decimais com as mesmas casas",
    "subtract.4.places": "Subtração de decimais com casas diferentes",
    "subtract.4.whole": "Subtração de um decimal de um número inteiro",
    "subtract.5.below": "Subtração com resultado abaixo de zero",
    "subtract.5.second": "Subtração de um número negativo",
    "subtract.5.first": "Subtração que parte de um número negativo",
    "subtract.5.both": "Subtração de dois números negativos",
    "multiply.2.none": "Multiplicação por um algarismo, sem reserva",
    "multiply.2.carry": "Multiplicação por um algarismo, com reserva",
    "multiply.2.zero": "Multiplicação de um número com zero no meio",
    "multiply.3.two": "Multiplicação de dois algarismos por dois",
    "multiply.3.three": "Multiplicação de três algarismos por dois",
    "multiply.3.tens": "Multiplicação por dezenas",
    "multiply.3.gap": "Multiplicação por um número com zero no meio",
    "multiply.4.whole": "Multiplicação de decimal por inteiro",
    "multiply.4.one": "Multiplicação de decimais de uma casa",
    "multiply.4.places": "Multiplicação de decimais com casas diferentes",
    "multiply.4.small": "Multiplicação por centésimos",
    "multiply.5.first": "Multiplicação de um número negativo",
    "multiply.5.second": "Multiplicação por um número negativo",
    "multiply.5.both": "Multiplicação de dois números negativos",
    "divide.2.first": "Divisão por um algarismo",
    "divide.2.two": "Divisão em que o primeiro algarismo não basta",
    "divide.2.zero": "Divisão com zero no quociente",
    "divide.3.rest": "Divisão com resto",
    "divide.3.zero": "Divisão com zero no quociente e com resto",
    "divide.3.two": "Divisão por dois algarismos",
    "divide.3.two-rest": "Divisão por dois algarismos, com resto",
    "divide.4.on": "Divisão que continua depois da vírgula",
    "divide.4.dividend": "Divisão de decimal por inteiro",
    "divide.4.below-one": "Divisão de um número por outro maior",
    "divide.4.divisor": "Divisão por um decimal",
    "divide.5.first": "Divisão de um número negativo",
    "divide.5.second": "Divisão por um número negativo",
    "divide.5.both": "Divisão de dois números negativos",
  },
};

/**
 * @param {string} id
 * @param {Tag} language
 */
export function nameSkill(id, language) {
  const { fact, operation = "" } = BY_ID.get(id) ?? {};
  if (fact) return writeExpression({ operation, a: String(fact[0]), b: String(fact[1]) }, language);
  return SKILL_WORDS[language][id];
}

/**
 * Writes what is asked as people who speak the language do.
 * @type {(exercise: {operation: string, a: string, b: string}, language: Tag) => string}
 */
export const writeExpression = ({ operation, a, b }, language) =>
  writeProblem(operation, [a, b], (text) => writeDecimal(text, language));
