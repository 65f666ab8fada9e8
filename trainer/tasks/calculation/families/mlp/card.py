"""What the model cards of the family `mlp` say."""

from trainer.family import CardTexts

CARD = CardTexts(
    kind="a multilayer perceptron",
    what="""\
A plain dense network that learned arithmetic from examples: two scaled operands, what
`scaler.json` adds to them, and a one-hot operation in, the result out. Nothing in it knows what an
operation does; it approximates a surface. Where `by_operation` is true below, each operation has
hidden layers of its own, and the one-hot only chooses between their answers; where `optimizer` is
`levenberg_marquardt`, its layers are of float64 and were fitted by second-order steps.""",
    use="""\
Showing learners and engineers what such a network learns, and where it misses. Not for sums
that matter: any calculator is right where this is close.""",
    limits="""\
- Outside the ranges above it guesses, and the guess gets worse with the distance. The
  service answers all the same and lists such rows under `out_of_domain`.
- Close to the least divisor, where a small change of `b` moves the result most.""",
)
