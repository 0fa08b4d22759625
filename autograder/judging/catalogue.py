"""The usual mistakes: a name that wrong answers beside the checks use, and the one sentence the student reads.

A sentence says what to look at and never gives the formula or the code.
"""

# How a call can fail before its values can be compared, named by the judge.
STRUCTURAL_SENTENCES = {
    "raised": "The call ended in an exception: rerun the example and read the last line of the traceback.",
    "not_begun": "Replace `raise NotImplementedError()` in the cell of this blank by your own code.",
    "cell_failed": "Run that cell alone and read the last line of what it prints.",
    "not_run": "Choose Restart Kernel and Run All Cells, and see which cell does not come to its end.",
    "not_defined": "No function of this name exists: did its cell run to its end, and is the name the statement's?",
    "not_callable": "This name holds a value, not a function: some line of the notebook has overwritten it.",
    "returned_none": "The function returned nothing: is there a return statement on every branch?",
    "wrong_shape": "The shape is not the one the statement asks for: print the shape of each intermediate result.",
    "wrong_type": "What came back is not the numbers the statement asks for: look at the return statement.",
    "wrong_dtype": "Precision was lost: float64 goes in and float64 must come out.",
    "not_finite": "NaN or infinity for a finite value: look for a division by 0, a logarithm of 0 or an overflow.",
    "timed_out": "The call did not finish in the time allowed: look for a loop that never ends.",
    "died": "The notebook's process ended during the call: look for an exit or for arrays far too large.",
    "inaccurate": "Right to a few digits only: clipping, a difference for a formula, a poor step, or what stays moved.",
    "modified_input": "An argument was changed in place: make a new array instead. This costs no marks.",
}

# Sums, means and signs: shared by every gradient and every cost.
MEAN_SENTENCES = {
    "missing_mean": "The sum over the examples was not divided by their number.",
    "divided_twice": "The mean over the examples was taken twice: follow where their number enters.",
    "divided_by_n": "The sum was divided by the number of inputs: which axis of X counts the examples?",
    "averaged_separately": "The mean of a product is not the product of the means.",
    "not_summed": "One value per example came back: the contributions of the examples were not added up.",
    "wrong_sign": "Only the sign is wrong: follow it through your derivation.",
    "missing_upstream": "The error signal delta does not enter: this is only the local gradient.",
    "delta_squared": "The error signal enters twice.",
    "doubled": "The result is twice the right one: the error signal is the whole derivative of the loss already.",
    "halved": "The result is half of the right one: the error signal is the whole derivative of the loss already.",
    "bias_forgotten": "The gradient with respect to the bias is always zero here: on what does the bias act?",
}

NEURON_SENTENCES = {
    "fires_at_threshold": "Wrong where the weighted sum equals the threshold: what does the statement say of step(0)?",
    "threshold_ignored": "The threshold does not enter the comparison.",
    "threshold_added": "The threshold is added to the weighted sum, as if it were a bias: mind its sign.",
    "plus_minus_one": "The outputs are -1 and 1; this perceptron answers 0 and 1.",
    "no_step": "The weighted sum itself came back: the step is missing.",
    "inverted": "The outputs are exactly the opposite of the right ones: when should the output be 1?",
    "gates_swapped": "AND and OR are exchanged: which of the two needs both inputs?",
    "nand_not_negated": "NAND gives what AND should give: write down its truth table first.",
    "threshold_sign": "The thresholds have the wrong sign: the neuron fires when the sum exceeds the threshold.",
    "or_for_xor": "This is OR: it also fires when both inputs are on.",
    "and_for_xor": "This is AND: it fires when both inputs are on, and only then.",
    "always_on": "The output is 1 whatever the inputs are: look at the gate of the second layer.",
    "not_composed": "The gates' weights do not matter here: build the answer from the three gates that are passed in.",
}

LOGISTIC_SENTENCES = {
    "overflow": "The exponential overflows for large |z|: choose a form whose exponent is never positive.",
    "sign_of_z": "The curve is mirrored: look at the sign of the exponent.",
    "tanh_for_sigmoid": "These are the values of tanh: its range is (-1, 1), not (0, 1).",
    "twice_too_steep": "The curve is twice as steep as it should be: how are tanh and the sigmoid related?",
    "step_for_sigmoid": "This is the step function: a sigmoid is smooth.",
    "activation_for_preactivation": "The formula in terms of the activation was applied to z itself.",
    "sigmoid_twice": "The sigmoid was applied twice: the derivative is wanted at z, not at the activation.",
    "value_for_derivative": "This is the sigmoid itself, not its derivative.",
    "missing_factor": "One factor of the derivative is missing: check the slope at 0 by hand.",
    "tanh_derivative": "This is the rule for the derivative of tanh: the sigmoid has another.",
    "log2": "The logarithm has base 2: losses here are in nats, the natural logarithm.",
    "log_of_zero": "A logarithm of 0 is taken where the probability rounds to 0 or 1: simplify on paper first.",
    "squared_error": "This is the squared error: the log loss measures otherwise how wrong a probability is.",
    "labels_rounded": "The formula holds only for labels 0 and 1: soft labels between them must work, too.",
    "one_term_only": "The part of the loss that belongs to label 0 is missing.",
    "probabilities_clipped": "Clipping the probabilities caps the loss: compute it from z without forming log(0).",
    "logits_as_probabilities": "The pre-activations z were used as if they were probabilities.",
    "labels_exchanged": "The two terms are exchanged: check the loss of one example whose label is 1.",
}

DESCENT_SENTENCES = {
    "weights_ignored": "The weights of the examples do not enter.",
    "unnormalised_weights": "This gradient grows with the weights: multiplying all of them by 10 must change nothing.",
    "weights_divided_by_m": "The weighted sum was divided by the number of examples: what if all weights were doubled?",
    "weights_squared": "The weights enter twice.",
    "weights_normalised_twice": "The weighted mean was divided by the number of examples as well.",
    "ascent": "The step goes uphill: the cost falls against the gradient.",
    "lr_forgotten": "The learning rate does not enter.",
    "lr_divides": "The gradient was divided by the learning rate: a smaller rate must mean a smaller step.",
    "not_updated": "The old value came back: the step was not taken.",
    "step_only": "The step itself came back, not the new value.",
    "bias_not_updated": "The bias never changes: it takes steps, too.",
    "sigmoid_left_out": "The error signal was computed from z itself: the prediction is the activation.",
    "squared_error_signal": "The slope of the sigmoid enters the error signal: for the log loss it cancels.",
    "stale_gradient": "The gradient of the first step was used in every step: it changes with the parameters.",
    "cost_of_activation": "The loss was given activations: it expects pre-activations.",
    "mixed_update": "The bias used weights that were already updated: compute all gradients first, then take the step.",
    "costs_after_update": "The costs are recorded after each update; the statement asks for the cost before it.",
    "one_step_short": "One step too few was taken: count the passes through the loop.",
    "one_step_too_many": "One too many: count the passes through the loop, and the values that are kept of them.",
    "cost_summed": "The costs are sums over the examples, not means.",
}

SOFTMAX_SENTENCES = {
    "counted_from_one": "Every 1 stands one place too early: the classes are counted from 0.",
    "over_examples": "The sum runs over the examples: each row belongs to one example and is treated by itself.",
    "over_everything": "The sum runs over all entries: each row belongs to one example and is treated by itself.",
    "whole_array_shifted": "One number was taken off all rows: far below it a whole row rounds to 0.",
    "scores_negated": "The largest score got the smallest probability: look at the sign of the exponent.",
    "sigmoids": "Each class got a sigmoid of its own: with softmax the classes share one denominator.",
    "softmax_twice": "Softmax was applied once too often: what is a score here, and what a probability?",
    "log_for_value": "This is the logarithm of what is wanted.",
    "divided_by_K": "The number of classes enters as a divisor: a mean is taken over the examples alone.",
    "diagonal_alone": "Only the diagonal of the Jacobian enters: each score moves all probabilities.",
    "softmax_left_out": "The scores stand where the predictions belong: softmax is missing.",
    "softmax_slope": "The derivative of softmax enters once more: behind the cross entropy it has cancelled.",
    "denominator_forgotten": "The denominator was held fixed: every score of the row stands in it.",
    "target_left_out": "The targets do not enter: only the predictions do.",
    "number_in_the_log": "A small number was added inside the logarithm: it hides how small the probability is.",
    "tiny_number_in_the_log": "A tiny number was added inside the logarithm: smaller probabilities hide behind it.",
}

LAYER_SENTENCES = {
    "bias_left_out": "The biases do not enter.",
    "slope_left_out": "The slope of the activation does not enter: one more factor leads from activation to signal.",
    "slope_squared": "The slope of the activation enters twice.",
    "value_for_slope": "The activation itself stands where its slope belongs.",
    "sigmoid_slope": "This is the slope of the sigmoid: these units have another activation.",
    "tanh_twice": "The tanh was applied twice: follow which array holds signals and which activations.",
    "error_averaged": "The error signals were divided by the number of examples: each belongs to one example alone.",
    "signals_for_activations": "The signals of the layer before were used where its activations belong.",
    "moved_weights": "Weights moved before the gradients of the layers below were formed: first gradients, then steps.",
    "biases_penalised": "The biases are penalised, too: the statement exempts them.",
}

# Gates, which send back dout times a local gradient.
GATE_SENTENCES = {
    "dout_missing": "The gradient dout does not enter: this is only the local gradient.",
    "dout_twice": "The gradient dout enters twice.",
    "averaged_over_copies": "The messages to the copies of an input were averaged: they add up.",
    "messages_exchanged": "The two messages are exchanged: the first belongs to the first input.",
    "mean_once_more": "The result was divided by the number of rows: a mean, if there is one, is in dout already.",
}

TRAINING_SENTENCES = {
    "seed_ignored": "Another seed gave the same numbers: make the generator from the seed that is passed in.",
    "not_repeatable": "The same seed gave other numbers: the generator was not made from it.",
    "all_zero": "All weights are 0: the units of a layer then stay equal for ever.",
    "all_positive": "No weight is negative: the distribution must be centred at 0.",
    "spread_unscaled": "The spread does not depend on the size of the layer.",
    "spread_of_fan_out": "The number of outputs alone sets the spread: which numbers does this rule use?",
    "spread_of_lecun": "This is the spread for a signal that no activation follows: which rule is asked for?",
    "epsilon_in_root": "The small constant stands under the root: the statement adds it to the root.",
    "epsilon_forgotten": "The small constant does not enter: what happens where everything else under the bar is 0?",
    "square_forgotten": "The mean of squares was fed with gradients that are not squared.",
    "root_forgotten": "The step is divided by a mean square itself: what has the size of a gradient?",
    "shares_exchanged": "The two shares are exchanged: which part of the old value does ρ keep?",
    "old_memory": "The step uses the memory from before this gradient: update it first.",
    "statistics_constant": "Mean and variance were taken for constants: they depend on every input, too.",
    "positions_apart": "Each position got statistics of its own: a feature has one mean and one variance for all.",
    "mean_path_missing": "The path over the mean is missing: moving all inputs together must change nothing.",
    "variance_path_missing": "The path over the variance is missing: follow all three paths back.",
    "gamma_left_out": "The scale γ does not enter the gradient of the inputs.",
    "wrong_axis": "Statistics were taken along the other axis: which numbers are normalised together?",
}

# Networks whose parameters are rows of theta, and their penalty.
STACK_SENTENCES = {
    "relu_on_output": "The ReLU acts on the last layer, too: its signals are the scores.",
    "relu_missing": "Nothing acts between the layers: such a network is one linear layer.",
    "biases_first": "The biases of a layer were taken before its weights: look again at the order in theta.",
    "column_by_column": "The weights were read column by column: theta has them row by row.",
    "biases_left_out": "The biases do not enter.",
    "first_network_only": "All networks got the parameters of the first: theta has a row for each.",
    "penalty_missing": "The penalty does not enter: lam changes nothing here.",
    "penalty_on_biases": "The penalty acts on the biases, too: they are exempt.",
    "penalty_halved": "The penalty's part is half of the right one: what is the derivative of a square?",
    "penalty_doubled": "The penalty's part is twice the right one: mind the half in its definition.",
    "penalty_divided_by_m": "The penalty was averaged over the examples: it is added to the mean once.",
}

STRUCTURAL = frozenset(STRUCTURAL_SENTENCES) - {"modified_input"}  # which is no way to fail
CATALOGUE = (
    STRUCTURAL_SENTENCES
    | MEAN_SENTENCES
    | NEURON_SENTENCES
    | LOGISTIC_SENTENCES
    | DESCENT_SENTENCES
    | SOFTMAX_SENTENCES
    | LAYER_SENTENCES
    | GATE_SENTENCES
    | TRAINING_SENTENCES
    | STACK_SENTENCES
)
