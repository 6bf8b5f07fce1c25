"""Checks of the assignment ``sgd``.

A driver runs the student's function in the student kernel and reports what it saw (see `drivers`);
`distil` makes facts of it, and `laws` and `training` decide. Of each function, one slip costs one check as far as that
is possible.
"""

# The first line of a check's docstring is a title, without a full stop.

from __future__ import annotations

import numpy as np

from lossmark import CheckFailed, Problem, Submission, assert_answer, assert_close, check

from . import distil, drivers, laws, problems, reference, training
from .facts import ask


class TestRandomSearch:
    """The best of random tries."""

    cell = "random_search_tests"
    lecture = "Lecture 3, “Optimization”; notes on optimization, “Strategy #1: Random search”"

    @check(points=0.5, problems=problems.searches_of_any_loss, role="values")
    def test_smallest_loss(self, submission: Submission, problem: Problem) -> None:
        """The loss that is returned is the smallest of all tries, whatever the losses are"""
        facts = laws.search(submission, problem)
        count = int(facts.number("count", "the number of tries"))
        if count < 2:
            raise CheckFailed(f"only {count} W was tried: there is nothing to choose from")
        laws.assert_smallest(facts, problem.args[3], count)

    @check(points=0.5, problems=problems.searches)
    def test_W_belongs_to_its_loss(self, submission: Submission, problem: Problem) -> None:
        """The W that is returned is one of the tries, and has the loss that is returned"""
        facts = laws.search(submission, problem)
        laws.assert_own_loss(facts, problem.args[3], problem.args[0])

    @check(points=0.5, problems=problems.numbers_of_tries)
    def test_number_of_tries(self, submission: Submission, problem: Problem) -> None:
        """There are num_tries tries, each with new random numbers"""
        laws.assert_count(laws.search(submission, problem), problem.args[1])

    @check(points=0.5, problems=problems.scales)
    def test_scale(self, submission: Submission, problem: Problem) -> None:
        """The numbers in W have the mean 0 and the standard deviation scale"""
        laws.assert_standard_normal(laws.search(submission, problem), "the numbers in W", "scale")


class TestRandomLocalSearch:
    """Random steps, taken if the loss falls."""

    cell = "random_local_search_tests"
    lecture = "Lecture 3, “Optimization”; notes on optimization, “Strategy #2: Random Local Search”"

    @check(points=0.5, problems=problems.local_searches)
    def test_best_is_returned(self, submission: Submission, problem: Problem) -> None:
        """The W and the loss that are returned are the best of all, the start included"""
        facts = laws.local_search(submission, problem)
        start, _, _, losses, _ = problem.args
        laws.assert_smallest(facts, losses, int(facts.number("count", "the number of tries")) + 1)
        laws.assert_own_loss(facts, losses, start.shape)

    @check(points=0.5, problems=problems.far_steps, role="values")
    def test_steps_from_the_best(self, submission: Submission, problem: Problem) -> None:
        """Each try is a step from the best W so far"""
        laws.assert_from_the_best(laws.local_search(submission, problem), problem.args[3])

    @check(points=0.5, problems=problems.far_steps)
    def test_number_and_size_of_steps(self, submission: Submission, problem: Problem) -> None:
        """There are num_tries steps, whose numbers have the mean 0 and the standard deviation step_size"""
        facts = laws.local_search(submission, problem)
        laws.assert_count(facts, problem.args[2])
        laws.assert_standard_normal(facts, "the numbers in the first step", "step_size")

    @check(points=0.5, problems=problems.starts)
    def test_start_left_alone(self, submission: Submission, problem: Problem) -> None:
        """The W that is passed in is as before after the search"""
        laws.assert_start_kept(laws.local_search(submission, problem), problem.args[0])


class TestGradientDescent:
    """The negative gradient, followed on a bowl."""

    cell = "gradient_descent_tests"
    lecture = "Lecture 3, “Optimization”; notes on optimization, “Strategy #3: Following the Gradient”"

    @check(points=1, problems=problems.bowls, role="alone")
    def test_first_step(self, submission: Submission, problem: Problem) -> None:
        """The first step leads from W to W - step_size * dW"""
        laws.assert_first_step(*laws.descend(submission, problem), problem)

    @check(points=0.75, problems=problems.descents, role="values")
    def test_steps_go_on(self, submission: Submission, problem: Problem) -> None:
        """There are num_steps steps, each from where the last one ended, and the last W is returned"""
        laws.assert_steps_go_on(*laws.descend(submission, problem), problem)

    @check(points=0.75, problems=problems.descents)
    def test_history(self, submission: Submission, problem: Problem) -> None:
        """The history holds the loss before each step, num_steps numbers"""
        laws.assert_history(*laws.descend(submission, problem), problem)

    @check(points=0.5, problems=problems.bowls)
    def test_start_left_alone(self, submission: Submission, problem: Problem) -> None:
        """The W that is passed in is as before after the descent"""
        facts, points = laws.descend(submission, problem)
        if len(points) < 2 and np.array_equal(points[0], facts.array("W", points[0].shape, "W")):
            raise CheckFailed("W never moves, so of course its start is as before")
        laws.assert_start_kept(facts, problem.args[0])


class TestSampleMinibatch:
    """Some rows with their labels."""

    cell = "sample_minibatch_tests"
    lecture = "Lecture 3, “Gradient descent”; notes on optimization, “Gradient Descent”"

    @check(points=0.5, problems=problems.batch_sizes)
    def test_size(self, submission: Submission, problem: Problem) -> None:
        """A batch has batch_size rows and as many labels"""
        training.assert_sizes(training.batches(submission, "sample_minibatch", problem), problem)

    @check(points=1, problems=problems.few_batches, role="values")
    def test_rows_keep_their_labels(self, submission: Submission, problem: Problem) -> None:
        """Each row of a batch is a row of X, and has the label that it has in y"""
        training.assert_paired(training.drawn(submission, problem))

    @check(points=0.5, problems=problems.many_batches)
    def test_every_row_can_be_drawn(self, submission: Submission, problem: Problem) -> None:
        """All rows have the same chance to be drawn"""
        training.assert_all_rows(training.drawn(submission, problem), problem)

    @check(points=0.5, problems=problems.many_batches)
    def test_fresh_on_each_call(self, submission: Submission, problem: Problem) -> None:
        """Each call draws a new batch"""
        training.assert_fresh(training.drawn(submission, problem), problem)

    @check(points=0.5, problems=problems.few_batches)
    def test_arguments_left_alone(self, submission: Submission, problem: Problem) -> None:
        """X and y are as before after the call"""
        training.assert_data_kept(training.drawn(submission, problem), problem)


class TestSgdUpdate:
    """Plain SGD."""

    cell = "sgd_update_tests"
    lecture = "Notes on neural networks 3, “SGD and bells and whistles”"

    @check(points=1, problems=problems.first_updates)
    def test_first_step(self, submission: Submission, problem: Problem) -> None:
        """One step is right, for arrays of any shape"""
        laws.assert_first_update(submission, "sgd_update", problem)

    @check(points=0.5, problems=problems.more_updates, role="values")
    def test_later_steps(self, submission: Submission, problem: Problem) -> None:
        """Later steps are like the first one, whatever came before"""
        laws.assert_path(submission, "sgd_update", problem, [reference.path("sgd_update", *problem.args)])

    @check(points=0.5, problems=problems.updates_to_keep)
    def test_arguments_left_alone(self, submission: Submission, problem: Problem) -> None:
        """The arguments w and grad are as before after the call"""
        laws.assert_arguments_kept(submission, "sgd_update", problem)


class TestMomentumUpdate:
    """Momentum."""

    cell = "momentum_update_tests"
    lecture = "Notes on neural networks 3, “SGD and bells and whistles”"

    @check(points=0.75, problems=problems.first_updates, role="alone")
    def test_first_step(self, submission: Submission, problem: Problem) -> None:
        """The first step, from state None, is right, for arrays of any shape"""
        laws.assert_first_update(submission, "momentum_update", problem)

    @check(points=1, problems=problems.more_updates, role="values")
    def test_later_steps(self, submission: Submission, problem: Problem) -> None:
        """In later steps, the velocity is carried on"""
        laws.assert_path(submission, "momentum_update", problem, [reference.path("momentum_update", *problem.args)])

    @check(points=0.75, problems=problems.updates_with_mu)
    def test_mu_is_respected(self, submission: Submission, problem: Problem) -> None:
        """A mu other than 0.9 is respected"""
        mu = problem.kwargs["mu"]  # its sign is the business of the later steps
        accepted = [reference.path("momentum_update", *problem.args, mu=value) for value in (mu, -mu)]
        laws.assert_path(submission, "momentum_update", problem, accepted)

    @check(points=0.5, problems=problems.updates_to_keep)
    def test_arguments_left_alone(self, submission: Submission, problem: Problem) -> None:
        """The arguments w and grad are as before after the call"""
        laws.assert_arguments_kept(submission, "momentum_update", problem)


class TestNesterovUpdate:
    """Nesterov momentum."""

    cell = "nesterov_update_tests"
    lecture = "Notes on neural networks 3, “SGD and bells and whistles”"

    @check(points=0.75, problems=problems.first_updates, role="alone")
    def test_first_step(self, submission: Submission, problem: Problem) -> None:
        """The first step, from state None, is right, for arrays of any shape"""
        laws.assert_first_update(submission, "nesterov_update", problem)

    @check(points=1, problems=problems.more_updates, role="values")
    def test_later_steps(self, submission: Submission, problem: Problem) -> None:
        """In later steps, the velocity is carried on and looked ahead along"""
        laws.assert_path(submission, "nesterov_update", problem, [reference.path("nesterov_update", *problem.args)])

    @check(points=0.75, problems=problems.updates_with_mu)
    def test_mu_is_respected(self, submission: Submission, problem: Problem) -> None:
        """A mu other than 0.9 is respected"""
        # Whether there is a look-ahead is the business of the other steps.
        rules = ("nesterov_update", "momentum_update")
        accepted = [reference.path(rule, *problem.args, **problem.kwargs) for rule in rules]
        laws.assert_path(submission, "nesterov_update", problem, accepted)

    @check(points=0.5, problems=problems.updates_to_keep)
    def test_arguments_left_alone(self, submission: Submission, problem: Problem) -> None:
        """The arguments w and grad are as before after the call"""
        laws.assert_arguments_kept(submission, "nesterov_update", problem)


class TestAdagradUpdate:
    """Adagrad."""

    cell = "adagrad_update_tests"
    lecture = "Notes on neural networks 3, “Per-parameter adaptive learning rate methods”"

    @check(points=0.75, problems=problems.first_updates, role="alone")
    def test_first_step(self, submission: Submission, problem: Problem) -> None:
        """The first step, from state None, is right, for arrays of any shape"""
        laws.assert_first_update(submission, "adagrad_update", problem)

    @check(points=1.25, problems=problems.more_updates, role="values")
    def test_later_steps(self, submission: Submission, problem: Problem) -> None:
        """In later steps, the squared gradients add up"""
        laws.assert_path(submission, "adagrad_update", problem, [reference.path("adagrad_update", *problem.args)])

    @check(points=0.5, problems=problems.updates_with_zeros)
    def test_zero_gradient(self, submission: Submission, problem: Problem) -> None:
        """Where the gradient is 0, w stays, without a division by zero"""
        laws.assert_zeros_stay(submission, "adagrad_update", problem)

    @check(points=0.5, problems=problems.updates_to_keep)
    def test_arguments_left_alone(self, submission: Submission, problem: Problem) -> None:
        """The arguments w and grad are as before after the call"""
        laws.assert_arguments_kept(submission, "adagrad_update", problem)


class TestLinearClassifier:
    """The class, its two subclasses, and their parts."""

    cell = "linear_classifier_tests"
    lecture = "Lecture 3, “Stochastic Gradient Descent”; notes on optimization, “Gradient Descent”"

    @check(points=0.75, problems=problems.trainings)
    def test_history(self, submission: Submission, problem: Problem) -> None:
        """`train` returns the loss of each iteration, before its step"""
        (report,) = training.train(submission, problem)
        training.assert_loss_history(report, problem.args[3][0]["num_iters"])

    @check(points=0.75, problems=problems.batch_sizes)
    def test_batch_size(self, submission: Submission, problem: Problem) -> None:
        """Each batch has batch_size examples"""
        training.assert_sizes(training.batches(submission, "train", problem), problem)

    @check(points=0.5, problems=problems.few_batches)
    def test_rows_keep_their_labels(self, submission: Submission, problem: Problem) -> None:
        """The rows of a batch have their own labels, and X and y are as before after the training"""
        facts = training.batches(submission, "train", problem)
        training.assert_paired(facts)
        training.assert_data_kept(facts, problem)

    @check(points=0.75, problems=problems.many_batches)
    def test_batches_are_random(self, submission: Submission, problem: Problem) -> None:
        """Each iteration draws a new batch, in which all rows have the same chance"""
        facts = training.batches(submission, "train", problem)
        training.assert_fresh(facts, problem)
        training.assert_all_rows(facts, problem)

    @check(points=1.5, problems=problems.trainings)
    def test_steps(self, submission: Submission, problem: Problem) -> None:
        """Each step is -learning_rate times the gradient that self.loss returned"""
        (report,) = training.train(submission, problem)
        training.assert_descends(report, problem)

    @check(points=0.25, problems=problems.trainings)
    def test_reg_is_passed_on(self, submission: Submission, problem: Problem) -> None:
        """self.loss is called with the reg that train was called with"""
        (report,) = training.train(submission, problem)
        training.assert_reg_passed_on(report, problem.args[3][0]["reg"])

    @check(points=0.25, problems=problems.trainings_by_default)
    def test_defaults(self, submission: Submission, problem: Problem) -> None:
        """Without further arguments, `train` does what its first line says"""
        training.assert_same_by_default(*training.train(submission, problem), problem)

    @check(points=0.75, problems=problems.trainings_in_a_row)
    def test_training_goes_on(self, submission: Submission, problem: Problem) -> None:
        """If there is a self.W, training goes on from it"""
        training.assert_goes_on(training.train(submission, problem), problem)

    @check(points=0.5, problems=problems.new_classifiers)
    def test_new_weights(self, submission: Submission, problem: Problem) -> None:
        """A new classifier begins with small random numbers of shape (D, C), C = max(y) + 1"""
        facts = ask(submission, drivers.first_weights, *problem.args, facts=distil.first_weights)
        training.assert_small_weights(facts, problem)

    @check(points=1, problems=problems.predictions)
    def test_predict(self, submission: Submission, problem: Problem) -> None:
        """`predict` returns the class with the largest score, for each example"""
        W, X = problem.args
        labels = ask(submission, drivers.predict, W, X).get("labels")
        assert_close(labels, np.argmax(X @ W, axis=1), tolerance=0.0, what="the label that is predicted")

    @check(points=0.5, problems=problems.losses)
    def test_linear_svm(self, submission: Submission, problem: Problem) -> None:
        """The loss of LinearSVM is the hinge loss with its gradient, reg included"""
        facts = ask(submission, drivers.batch_loss, "LinearSVM", *problem.args)
        training.assert_loss_and_gradient(facts, "LinearSVM", reference.svm_loss_vectorized(*problem.args), problem)

    @check(points=0.5, problems=problems.losses)
    def test_softmax(self, submission: Submission, problem: Problem) -> None:
        """The loss of Softmax is the softmax loss with its gradient, reg included"""
        facts = ask(submission, drivers.batch_loss, "Softmax", *problem.args)
        training.assert_loss_and_gradient(facts, "Softmax", reference.softmax_loss_vectorized(*problem.args), problem)


class TestTune:
    """The choice of settings, with models whose accuracies are known."""

    cell = "tune_tests"
    lecture = "Notes on neural networks 3, “Hyperparameter optimization”"

    @check(points=1, problems=problems.tunings, role="values")
    def test_every_pair(self, submission: Submission, problem: Problem) -> None:
        """The results have an entry for each pair (learning_rate, reg), and no other"""
        training.Tuning(submission, problem).assert_all_pairs()

    @check(points=1, problems=problems.tunings, role="values")
    def test_validation_accuracies(self, submission: Submission, problem: Problem) -> None:
        """The results are accuracies on the validation data, from 0 to 1"""
        training.Tuning(submission, problem).assert_accuracies()

    @check(points=1, problems=problems.tunings)
    def test_best_model(self, submission: Submission, problem: Problem) -> None:
        """The model that is returned is the one with the best validation accuracy"""
        training.Tuning(submission, problem).assert_best_model()

    @check(points=0.75, problems=problems.tunings)
    def test_each_model_is_new(self, submission: Submission, problem: Problem) -> None:
        """Each model is a new one, trained on the training data, with its own settings, for num_iters iterations"""
        training.Tuning(submission, problem).assert_trained_afresh()

    @check(points=0.25, problems=problems.tunings_in_vain)
    def test_some_model_is_returned(self, submission: Submission, problem: Problem) -> None:
        """A model is returned even if none gets a single example right"""
        training.Tuning(submission, problem).assert_any_model()


class TestSgdAnswers:
    """The four questions."""

    cell = "sgd_answers_tests"
    lecture = "Lecture 3, “Gradient descent”; notes on optimization, “Gradient Descent”"

    @check(points=1)
    def test_largest_stable_step(self, submission: Submission) -> None:
        """The step size beyond which gradient descent diverges"""
        assert_answered(
            submission,
            "largest_stable_step",
            "One step multiplies w_0 and w_1 by a number each. Write both numbers down: between which bounds must they "
            "lie so that neither weight grows? `gradient_descent` tells you, too.",
        )

    @check(points=1)
    def test_steps_per_epoch(self, submission: Submission) -> None:
        """The number of steps in one pass over the data"""
        assert_answered(submission, "steps_per_epoch", "How many batches does it take until all examples are used?")

    @check(points=1)
    def test_noise_ratio(self, submission: Submission) -> None:
        """What four times larger batches do to the noise of the gradient"""
        assert_answered(
            submission,
            "noise_ratio",
            "The gradient of a batch is a mean of independent numbers. How does the standard deviation of a mean "
            "depend on how many numbers there are? (Its square, the variance, is another matter.)",
        )

    @check(points=1)
    def test_choose_on(self, submission: Submission) -> None:
        """The data on which learning rate and reg are chosen"""
        assert_answered(
            submission,
            "choose_on",
            "Which data has neither been trained on, nor is needed at the very end to say how good the chosen "
            "classifier is?",
        )


def assert_answered(submission: Submission, name: str, hint: str) -> None:
    """Fail unless a variable holds the right answer; say how to find it, not what it is."""
    try:
        assert_answer(submission.value(name), reference.answers[name])
    except CheckFailed as failure:
        raise CheckFailed(f"`{name}`: {failure}. {hint}") from None
