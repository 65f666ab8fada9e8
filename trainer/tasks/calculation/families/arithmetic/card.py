"""What the model cards of the family `arithmetic` say."""

from trainer.family import CardTexts

CARD = CardTexts(
    kind="a neural arithmetic unit",
    what="""\
Two paths, an additive one (a weighted sum of the operands) and a multiplicative one (a
product of their powers), and a gate between them. Five weights an operation, all read out of the
one-hot, all random at the start; gradient descent on examples found which path each operation
takes and with which weights. Those of the chosen paths were then snapped to whole numbers, and
tested: every example, learned from or not, has to come out right to the last digit, or, where
examples are noisy, no further off than before weights were pulled to whole numbers, with errors
that follow no rule. Else nothing is published. After that the unit *is* the operators: it computes
`a + b` by adding. What was learned is the routing and the weights, from examples in the ranges
below alone; what makes it extrapolate is that it can express the operators exactly, which a dense
network cannot.""",
    use="""\
Right answers, in range and far outside: each is one float64 operation away from the
operands, and one more for each power or multiple beyond 1. And a demonstration of what a fitting
inductive bias is worth.""",
    limits="""\
- It cannot learn what its two paths cannot express: no weight or power that is not a whole
  number from -3 to 3, no sum of products, no case by case. It is then refused, not published.
- Examples that look like noise wherever they are compared with their neighbours count as noise.
- It did not discover arithmetic: the paths were given to it, the choice between them was not.
- Results beyond float64 are refused, not answered.""",
)
