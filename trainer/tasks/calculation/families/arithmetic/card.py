"""What the model cards of the family `arithmetic` say."""

from trainer.family import CardTexts

CARD = CardTexts(
    kind="a neural arithmetic unit",
    what="""\
Two paths, an additive one (a weighted sum of the operands) and a multiplicative one (a
product of their powers), and a gate between them. Five weights an operation, all read out of the
one-hot, all random at the start; gradient descent on examples found which path each operation
takes and with which weights, and every weight came to lie next to -1, 0 or 1. They were then
snapped to these numbers. After that the unit *is* the operators: it computes `a + b` by adding.
What was learned is the routing and the weights, from examples in the ranges below alone; what
makes it extrapolate is that it can express the operators exactly, which a dense network cannot.""",
    use="""\
Right answers, in range and far outside: each is one float64 operation away from the
operands. And a demonstration of what a fitting inductive bias is worth.""",
    limits="""\
- It cannot learn what its two paths cannot express: no power other than -1, 0 and 1 survives
  snapping, and no sum of products.
- It did not discover arithmetic: the paths were given to it, the choice between them was not.
- Results beyond float64 are refused, not answered.""",
)
