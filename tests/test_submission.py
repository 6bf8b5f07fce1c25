"""A submission as the checks see it, and the agent that answers on its side."""

from __future__ import annotations

import numpy as np
import pytest

from helpers import PLAIN_VALUES, Replies, message, submission_of
from lossmark import CheckFailed, StudentFault, as_number, assert_answer
from lossmark.boundary import agent, wire
from lossmark.boundary.requests import read_question
from lossmark.boundary.submission import Killed, Missing, Raised, Submission, TimedOut
from lossmark.boundary.wire import Opaque
from lossmark.checks import same
from lossmark.errors import NotGraded


def raising(error):
    def function(*args):
        raise error

    return function


class TestValues:
    def test_a_call_returns_the_value(self):
        assert submission_of(add=lambda a, b=1: a + b).add(2, b=3) == 5

    def test_arguments_arrive_by_value(self):
        scores = np.ones(3)
        submission_of(f=lambda a: a.fill(0)).f(scores)
        assert np.array_equal(scores, np.ones(3))

    @pytest.mark.parametrize("value", PLAIN_VALUES.values(), ids=PLAIN_VALUES)
    def test_arguments_and_values_go_both_ways(self, value):
        assert same(submission_of(f=lambda a: a).f(value), value)

    def test_variables_can_be_read(self):
        assert submission_of(answer="b").value("answer") == "b"

    def test_objects_come_back_opaque(self):
        assert submission_of(f=lambda: object()).f() == Opaque("a value of type object")

    def test_each_question_is_kept(self):
        submission = submission_of(f=lambda a: 2 * a, answer="b")
        submission.f(1)
        submission.value("answer")
        assert [(call.kind, call.name, call.args, call.value) for call in submission.calls] == [
            ("call", "f", (1,), 2),
            ("value", "answer", (), "b"),
        ]
        assert all(call.seconds >= 0 for call in submission.calls)

    def test_what_a_function_prints_is_not_seen(self, capfd):
        submission_of(f=lambda: print("loss")).f()
        assert capfd.readouterr().out == ""

    def test_special_names_are_not_functions_of_the_student(self):
        with pytest.raises(AttributeError):
            submission_of().__deepcopy__  # noqa: B018

    def test_the_code_can_be_read(self):
        assert submission_of("a = 1", "b = 2").code == ("a = 1", "b = 2")


class TestFaults:
    def test_a_function_that_is_not_defined_is_missing(self):
        with pytest.raises(Missing, match="`svm_loss` is not defined"):
            submission_of().svm_loss()

    def test_a_variable_that_is_not_defined_is_missing(self):
        with pytest.raises(Missing, match="`answer` is not defined"):
            submission_of().value("answer")

    @pytest.mark.parametrize(("value", "kind"), [(None, "NoneType"), (2.5, "float"), (np.ones(2), "ndarray")])
    def test_what_cannot_be_called_is_missing(self, value, kind):
        with pytest.raises(Missing, match=f"`f` is a {kind}, not a function"):
            submission_of(f=value).f()

    def test_an_exception_is_raised_with_its_kind_and_message(self):
        with pytest.raises(Raised, match=r"^ValueError: not this way$") as fault:
            submission_of(f=raising(ValueError("not this way"))).f()
        assert fault.value.kind == "ValueError"

    def test_the_traceback_begins_in_the_students_code(self):
        with pytest.raises(Raised) as fault:
            submission_of(f=raising(ValueError("no"))).f()
        assert "in function" in fault.value.traceback
        assert "agent.py" not in fault.value.traceback

    def test_wrong_arguments_are_the_students_fault(self):
        with pytest.raises(Raised, match="TypeError"):
            submission_of(f=lambda: 0).f(1, 2, 3)

    @pytest.mark.parametrize("error", [SystemExit(1), KeyboardInterrupt(), GeneratorExit(), StopIteration()], ids=repr)
    def test_no_exception_gets_out(self, error):
        with pytest.raises(Raised) as fault:
            submission_of(f=raising(error)).f()
        assert fault.value.kind == type(error).__name__

    def test_endless_recursion_is_an_exception_like_others(self):
        def endless():
            return endless()

        with pytest.raises(Raised, match="RecursionError"):
            submission_of(f=endless).f()

    def test_long_messages_are_cut_off(self):
        with pytest.raises(Raised) as fault:
            submission_of(f=raising(ValueError("x" * 10**6))).f()
        assert str(fault.value) == f"ValueError: {'x' * 4000}"
        assert fault.value.traceback == "x" * 3999 + "\n"

    def test_a_long_name_is_cut_off(self):
        with pytest.raises(Raised) as fault:
            submission_of(f=raising(type("E" * 200, (Exception,), {})())).f()
        assert fault.value.kind == "E" * 100

    def test_an_exception_whose_own_methods_fail_is_an_exception(self):
        class Meta(type):
            @property
            def __name__(cls):
                raise KeyError

        class Text(str):
            def __getitem__(self, key):
                raise KeyError

        class NoText(Exception):
            def __str__(self):
                raise SystemExit

        class NoTraceback(Exception):
            @property
            def __traceback__(self):
                raise KeyError

        class OddText(Exception):
            def __str__(self):
                return Text("odd")

        class NoName(Exception, metaclass=Meta):
            pass

        for error in (NoText(), NoTraceback(), OddText(), NoName()):
            with pytest.raises(Raised):
                submission_of(f=raising(error)).f()

    @pytest.mark.parametrize("fault", [TimedOut("not finished"), Killed("gone")])
    def test_a_lost_kernel_is_raised_and_kept(self, fault):
        submission = Submission(Replies(fault))
        with pytest.raises(type(fault)):
            submission.f()
        assert submission.call("f").fault is fault
        assert [call.fault for call in submission.calls] == [fault, fault]

    @pytest.mark.parametrize(
        ("fault", "outcome"),
        [(Missing(""), "missing"), (Raised("E", ""), "raised"), (TimedOut(""), "timeout"), (Killed(""), "killed")],
    )
    def test_each_fault_has_its_word(self, fault, outcome):
        assert fault.outcome == outcome


class TestChangedArguments:
    def test_arguments_left_alone_are_not_reported(self):
        assert submission_of(f=lambda a: a + 1).call("f", np.ones(2)).changed is None

    def test_changed_arguments_are_reported(self):
        def f(a, b):
            a += 1
            b["new"] = 2
            return 3

        call = submission_of(f=f).call("f", np.ones(2), b={})
        assert same(call.changed, ((np.full(2, 2.0),), {"b": {"new": 2}}))
        assert same(call.args, (np.ones(2),))
        assert call.value == 3

    def test_a_change_of_type_alone_is_reported(self):
        call = submission_of(f=lambda a: a.__setitem__(0, 1)).call("f", [1.0])
        assert same(call.changed, (([1],), {}))

    @pytest.mark.parametrize(
        "spoil", [lambda a: a.append(object()), lambda a: a.append(a), lambda a: a.append(np.zeros(2**22)), list.clear]
    )
    def test_arguments_changed_into_nonsense_are_no_fault_of_ours(self, spoil):
        call = submission_of(f=lambda a: spoil(a) or 3).call("f", [1])
        assert call.changed is not None or isinstance(call.value, Opaque)


class TestRun:
    def test_a_graders_function_runs_with_the_students_names(self):
        def twice(student, a, *, plus=0):
            return student.double(student.double(a)) + plus

        assert submission_of(double=lambda a: 2 * a).run(twice, 3) == 12
        assert submission_of(double=lambda a: 2 * a).run(twice, 3, plus=1) == 13

    def test_classes_with_state_can_be_driven(self):
        class Counter:
            count = 0

            def step(self, by):
                self.count += by

        def drive(student, *steps):
            counter = student.Counter()
            for by in steps:
                counter.step(by)
            return counter.count

        assert submission_of(Counter=Counter).run(drive, 1, 2, 3) == 6

    def test_a_missing_name_is_the_students_fault(self):
        def use(student):
            return student.missing()

        with pytest.raises(Raised, match="AttributeError"):
            submission_of().run(use)

    def test_names_that_begin_with_an_underscore_are_not_seen(self):
        def use(student):
            return vars(student)

        assert submission_of(_secret=1, public=2).run(use) == {"public": 2}

    def test_a_function_that_closes_over_something_is_refused(self):
        expected = 5

        def peek(student):
            return expected

        with pytest.raises(TypeError, match="closes over nothing"):
            submission_of().run(peek)

    def test_what_is_not_defined_with_def_is_refused(self):
        with pytest.raises(TypeError, match="define it with `def`"):
            submission_of().run(lambda student: 1)

    @pytest.mark.parametrize("function", [int, np.sum, "text".upper], ids=["class", "decorated", "method"])
    def test_what_has_no_source_is_refused(self, function):
        with pytest.raises((TypeError, AttributeError)):
            submission_of().run(function)


VALUE = {"outcome": "value", "value": 1.0}
GARBAGE = {
    "nothing": b"",
    "bytes": b"\xff" * 50,
    "json": b'{"outcome": "value", "value": 1.0}',
    "too many bytes": bytes(wire.MAX_BYTES + 1),
    "ext type": message(["d", "outcome", "value", "value", 5]).replace(b"\x05", b"\xd4\x01\x01"),
    "a number alone": wire.encode(1.0),
    "an array alone": wire.encode(np.ones(3)),
    "none": wire.encode(None),
    "a list": wire.encode(["outcome", "value"]),
    "no outcome": wire.encode({"value": 1.0}),
    "no value": wire.encode({"outcome": "value"}),
    "unknown outcome": wire.encode({"outcome": "passed", "value": 1.0}),
    "outcome none": wire.encode({"outcome": None, "value": 1.0}),
    "outcome a list": wire.encode({"outcome": ["value"], "value": 1.0}),
    "outcome an array": wire.encode({"outcome": np.array([1.0, 2.0]), "value": 1.0}),
    "outcome a scalar": wire.encode({"outcome": np.float64(1.0), "value": 1.0}),
    "outcome opaque": wire.encode({"outcome": object(), "value": 1.0}),
    "error none": wire.encode({"outcome": "raised", "error": None}),
    "error of two": wire.encode({"outcome": "raised", "error": ["ValueError", "no"]}),
    "error of arrays": wire.encode({"outcome": "raised", "error": [np.ones(2), np.ones(2), np.ones(2)]}),
    "missing without words": wire.encode({"outcome": "missing", "is": 5}),
    "missing with an array": wire.encode({"outcome": "missing", "is": np.ones(5)}),
    "opaque": wire.encode(object()),
    "keys of numbers": wire.encode({np.float64(1): 2, 3: 4}),
}


class TestGarbageReplies:
    @pytest.mark.parametrize("reply", GARBAGE.values(), ids=GARBAGE)
    def test_garbage_is_no_value(self, reply):
        call = Submission(Replies(reply)).call("f", 1.0)
        assert call.fault is None
        assert isinstance(call.value, Opaque)
        with pytest.raises(CheckFailed):
            as_number(call.value)
        for expected in (True, False, 0.0, np.inf, "b", "?"):
            with pytest.raises(CheckFailed):
                assert_answer(call.value, expected)

    @pytest.mark.parametrize(
        "arguments",
        [None, 5, [], [(), {}, 1], [[], {}], [(), []], np.ones(2), "ab", {"a": 1}, [Ellipsis, {}]],
        ids=repr,
    )
    def test_arguments_that_are_none_are_not_believed(self, arguments):
        call = Submission(Replies(wire.encode({**VALUE, "arguments": arguments}))).call("f", 1.0)
        assert call.fault is None
        assert call.changed is None

    @pytest.mark.parametrize(
        "reply",
        [
            {"outcome": "missing", "is": "x" * 10**6},
            {"outcome": "raised", "error": ["E" * 10**5, "x" * 10**5, "t" * 10**5]},
        ],
        ids=["missing", "raised"],
    )
    def test_long_words_are_cut_off(self, reply):
        fault = Submission(Replies(wire.encode(reply))).call("f").fault
        assert len(str(fault)) < 5000
        assert len(getattr(fault, "traceback", "")) <= agent.MAX_TRACEBACK

    def test_a_long_kind_of_opaque_is_cut_off(self):
        long = message(["d", "outcome", "value", "value", ["?", "x" * 10**5]])
        assert len(Submission(Replies(long)).f().kind) < 500

    def test_changed_replies_are_values_opaque_or_faults(self):
        rng = np.random.default_rng(231)
        valid = [
            wire.encode(VALUE),
            wire.encode({"outcome": "value", "value": np.ones(3), "arguments": ((np.ones(2), 1), {"delta": 1.0})}),
            wire.encode({"outcome": "raised", "error": ["ValueError", "no", "Traceback"]}),
            wire.encode({"outcome": "missing", "is": "int"}),
        ]
        for i in range(3000):
            data = bytearray(valid[i % len(valid)])
            for _ in range(int(rng.integers(1, 4))):
                data[int(rng.integers(len(data)))] = int(rng.integers(256))
            call = Submission(Replies(bytes(data))).call("f", np.ones(2), 1)
            assert call.fault is None or isinstance(call.fault, StudentFault)


class TestQuestionsThatCannotBeSent:
    @pytest.mark.parametrize(
        ("argument", "kind"),
        [
            (object(), "a value of type object"),
            (range(3), "a value of type range"),
            ([1, {"a": {2}}], "a value of type set"),
            (np.array(["a"]), "an array of type str32"),
            (np.ma.array([1, 2], mask=[True, False]), "a masked array"),
            (np.zeros(wire.MAX_BYTES), "arrays too large to send"),
            ([0] * (wire.MAX_ITEMS + 1), "a value of too many parts to send"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_what_a_check_cannot_send_is_not_the_students_fault(self, argument, kind):
        def never(*args, **kwargs):
            raise AssertionError("asked")

        for args, kwargs in (((argument,), {}), ((), {"x": argument})):
            submission = submission_of(f=never)
            with pytest.raises(NotGraded, match=f"a check asks `f` with {kind}, which cannot be sent"):
                submission.f(*args, **kwargs)
            assert submission.calls == []

    def test_a_students_own_answer_may_be_sent_back(self):
        assert submission_of(f=lambda a: 3).f([Opaque("a value of type object")]) == 3


def test_question_is_told_from_others_by_its_function_and_not_by_its_numbers() -> None:
    def asked(*args: object, kind: str = "call", name: str = "f") -> tuple[str, str]:
        return read_question(wire.encode({"kind": kind, "name": name, "args": args, "kwargs": {}, "source": ""}))

    few, many = np.zeros(3), np.ones((500, 40))
    assert asked(few) == asked(many) == asked([1, {"a": 2j}], 10**30) == asked()
    assert asked()[0] == "call"
    assert asked(kind="value")[0] == "value"
    questions = [
        asked(),
        asked(kind="run"),
        asked(name="g"),
        asked("g"),
        asked("g", "h"),
        asked(few, "h"),
        asked(["g"]),
    ]
    assert len({function for _, function in questions}) == 6
