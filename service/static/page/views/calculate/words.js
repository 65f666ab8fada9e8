// Every sentence of this view, in both languages.

export const WORDS = {
  en: {
    title: "Calculate",
    intro:
      "Type a problem. Networks that learned arithmetic from examples answer it, beside the exact answer.",
    label: "Your problem",
    hint: "Two numbers and a sign between them. Comma or point, both are fine.",
    calculate: "Calculate",
    insert: "Insert {sign}",
    signs: "Signs",
    examples: "Try one",
    exact: "exact",
    line: "Where the answers lie",
    lineSaid: "Number line around the exact answer {exact}. {answers}",
    lineAnswer: "{name}: {predicted}.",
    version: "version {version}",
    about: "About {model} version {version}",
    aboutShort: "About this network",
    "error.exact": "Exact to the last digit",
    "error.tiny": "Nearly there: off by {size}",
    "error.near": "Close: off by {size}",
    "error.off": "Off by {size}",
    "error.far": "Far off: by {size}",
    "why.unit.computes":
      "It worked out from examples that {sign} means {doing}, and since then it really {does}. That is why it is right even for numbers it never saw.",
    "why.unit.other":
      "It worked out from examples what this sign means, and since then it computes. That is why it is right even for numbers it never saw.",
    "why.unit.off":
      "It computes and does not guess, so only the last digits that a computer keeps can be off.",
    "why.hit":
      "This time it hit the very number. It did not work it out, though: it may miss the next one.",
    "why.tooSmall":
      "In training it never saw a divisor closer to zero than {least}. {b} is closer, so it can only guess, and next to zero a guess goes far wrong.",
    "why.nearPole":
      "The answer leaps near here, and in training it never saw a number closer to that place than {least}. {number} is closer, so it can only guess.",
    "why.outside":
      "In training it only saw numbers from {low} to {high} there. {number} lies outside, so it guesses, and the further out, the worse.",
    "why.bothOutside":
      "In training it only saw numbers from {low} to {high}. Both of yours lie outside, so it guesses, and the further out, the worse.",
    "why.steep":
      "The divisor is close to zero, and there the answer changes fast: divided by {b} it is {before}, divided by {nudged} already {after}. A network that learned from examples cannot follow so steep a curve everywhere.",
    "why.hard./":
      "Division is hard for it, because answers grow fast as the divisor nears zero. In its tests it was off by {own} on average; with {easiest} by {other}.",
    "why.hard.*":
      "Products are harder for it than sums: they bend where sums go straight. In its tests it was off by {own} on average; with {easiest} by {other}.",
    "why.between":
      "It never learned the rule. It saw examples, and draws a smooth surface through them: between two examples it comes close, but seldom hits.",
    "why.unusual":
      "It had bad luck here: in 99 of 100 of its test problems with this sign it was off by less than {p99}.",
    "why.above":
      "That is more than usual: in half of its test problems with this sign it was off by less than {median}.",
    "why.below":
      "That is better than usual: in half of its test problems with this sign it was off by more than {median}.",
    refused: "This network cannot answer now.",
    unknown: "This network did not learn this sign.",
    history: "Your last problems",
    "wrong.blank": "Type two numbers with a sign between them, such as {example}.",
    "wrong.equals": "Leave out the equals sign: the answer comes by itself. Such as {example}.",
    "wrong.thousands":
      "Write large numbers without gaps and without thousands separators, and decimals of both numbers with the same sign: 1234.5, not 1,234.5 or 1 234.5.",
    "wrong.brackets":
      "Leave out the brackets: it takes two numbers with a sign between them, such as {example}.",
    "wrong.several":
      "One problem at a time: it takes two numbers with one sign between them, such as {example}.",
    "wrong.letters":
      "Something here is neither a number nor one of the signs + − × ÷. It should look like {example}.",
    "wrong.incomplete":
      "Something is missing: it takes two numbers with a sign between them, such as {example}.",
    "wrong.hexadecimal":
      "Is 0x… a hexadecimal number? Write it in decimal digits. If x means times, leave blanks around it.",
    "wrong.tooLarge": "One of the numbers is too large for a computer. Try a smaller one.",
    "wrong.tooSmall": "One of the numbers is too close to zero for a computer. Try a larger one.",
    readAs:
      "Read as {problem}. For thousands, leave out point and comma; of a very long number only the first 16 digits count.",
    "wrong.other": "This cannot be read. It should look like {example}.",
    zero: "Nothing can be divided by zero: no number times zero gives {a}. Try another divisor.",
    zeroByZero:
      "Zero divided by zero has no one answer: every number times zero gives zero. Try another divisor.",
    tooLarge: "The answer has more digits than a computer keeps. Try smaller numbers.",
    notLearned: "No network here learned this sign. Try another one.",
  },
  "pt-BR": {
    title: "Calcular",
    intro:
      "Digite uma conta. Redes que aprenderam aritmética com exemplos respondem ao lado do valor exato.",
    label: "Sua conta",
    hint: "Dois números e um sinal entre eles. Vale vírgula ou ponto.",
    calculate: "Calcular",
    insert: "Inserir {sign}",
    signs: "Sinais",
    examples: "Experimente",
    exact: "exato",
    line: "Onde ficam as respostas",
    lineSaid: "Reta numérica em torno da resposta exata, {exact}. {answers}",
    lineAnswer: "{name}: {predicted}.",
    version: "versão {version}",
    about: "Sobre {model} versão {version}",
    aboutShort: "Sobre esta rede",
    "error.exact": "Exata até o último algarismo",
    "error.tiny": "Quase lá: erro de {size}",
    "error.near": "Perto: erro de {size}",
    "error.off": "Erro de {size}",
    "error.far": "Longe: erro de {size}",
    "why.unit.computes":
      "Ela descobriu com exemplos que {sign} quer dizer {doing}, e desde então {does} de verdade. Por isso acerta até com números que nunca viu.",
    "why.unit.other":
      "Ela descobriu com exemplos o que este sinal quer dizer, e desde então calcula. Por isso acerta até com números que nunca viu.",
    "why.unit.off":
      "Ela calcula em vez de adivinhar; só os últimos algarismos que um computador guarda podem variar.",
    "why.hit": "Desta vez ela acertou em cheio. Mas não fez a conta: na próxima pode errar.",
    "why.tooSmall":
      "No treino ela nunca viu um divisor mais perto de zero que {least}. {b} está mais perto, então ela só pode adivinhar, e junto do zero um palpite erra por muito.",
    "why.nearPole":
      "A resposta dá um salto aqui perto, e no treino ela nunca viu um número a menos de {least} desse ponto. {number} está mais perto, então ela só pode adivinhar.",
    "why.outside":
      "No treino ela só viu números de {low} a {high} nesse lugar. {number} fica fora, então ela adivinha; quanto mais longe, pior.",
    "why.bothOutside":
      "No treino ela só viu números de {low} a {high}. Os dois ficam fora, então ela adivinha; quanto mais longe, pior.",
    "why.steep":
      "O divisor está perto de zero, e ali a resposta muda depressa: dividindo por {b} dá {before}; por {nudged}, já dá {after}. Uma rede que aprendeu com exemplos não acompanha em todo lugar uma curva tão íngreme.",
    "why.hard./":
      "Dividir é difícil para ela, porque a resposta cresce depressa quando o divisor se aproxima de zero. Nos testes, o erro médio foi {own}; com {easiest}, {other}.",
    "why.hard.*":
      "Multiplicar é mais difícil para ela que somar: o produto faz curva onde a soma segue reta. Nos testes, o erro médio foi {own}; com {easiest}, {other}.",
    "why.between":
      "Ela nunca aprendeu a regra. Viu exemplos e traça uma superfície lisa por eles: entre dois exemplos chega perto, mas raramente acerta em cheio.",
    "why.unusual":
      "Aqui ela deu azar: em 99 de cada 100 contas de teste com este sinal o erro foi menor que {p99}.",
    "why.above":
      "É mais que o normal: na metade das contas de teste com este sinal o erro foi menor que {median}.",
    "why.below":
      "É melhor que o normal: na metade das contas de teste com este sinal o erro foi maior que {median}.",
    refused: "Esta rede não pode responder agora.",
    unknown: "Esta rede não aprendeu este sinal.",
    history: "Suas últimas contas",
    "wrong.blank": "Digite dois números com um sinal entre eles, como {example}.",
    "wrong.equals":
      "Deixe de fora o sinal de igual: a resposta vem sozinha. Por exemplo, {example}.",
    "wrong.thousands":
      "Escreva números grandes sem espaços e sem separador de milhar, e os decimais dos dois números com o mesmo sinal: 1234,5, e não 1.234,5 nem 1 234,5.",
    "wrong.brackets":
      "Deixe de fora os parênteses: são dois números com um sinal entre eles, como {example}.",
    "wrong.several":
      "Uma conta de cada vez: dois números com um só sinal entre eles, como {example}.",
    "wrong.letters":
      "Há algo aqui que não é número nem um dos sinais + − × ÷. Deve ficar assim: {example}.",
    "wrong.incomplete":
      "Falta alguma coisa: são dois números com um sinal entre eles, como {example}.",
    "wrong.hexadecimal":
      "0x… é um número hexadecimal? Escreva-o com algarismos decimais. Se o x quer dizer vezes, deixe espaços em volta dele.",
    "wrong.tooLarge": "Um dos números é grande demais para um computador. Tente um menor.",
    "wrong.tooSmall":
      "Um dos números está perto demais de zero para um computador. Tente um maior.",
    readAs:
      "Lido como {problem}. Para milhares, deixe de fora o ponto e a vírgula; de um número muito longo só contam os primeiros 16 algarismos.",
    "wrong.other": "Não dá para ler esta conta. Deve ficar assim: {example}.",
    zero: "Não se divide por zero: nenhum número vezes zero dá {a}. Tente outro divisor.",
    zeroByZero:
      "Zero dividido por zero não tem uma resposta só: todo número vezes zero dá zero. Tente outro divisor.",
    tooLarge: "A resposta tem mais algarismos do que um computador guarda. Tente números menores.",
    notLearned: "Nenhuma rede daqui aprendeu este sinal. Tente outro.",
  },
};
