"""A wrapped target answers as the target itself does."""

from __future__ import annotations

from inspect import isfunction, signature
from unittest.mock import Mock

import pytest

from kmblint.targets.target import TargetWrapper

QUESTIONS = [name for name, each in vars(TargetWrapper).items() if isfunction(each) and not name.startswith("_")]


@pytest.mark.parametrize("question", QUESTIONS)
def test_each_question_is_passed_on_with_all_that_is_given(question: str) -> None:
    target = Mock()
    asked = getattr(TargetWrapper(target), question)
    given = [object() for _ in signature(asked).parameters]
    answer = getattr(target, question)
    assert asked(*given) is answer.return_value
    answer.assert_called_once_with(*given)


def test_what_it_is_is_the_target_s() -> None:
    target = Mock()
    wrapper = TargetWrapper(target)
    assert wrapper.name is target.name
    assert wrapper.capabilities is target.capabilities
    assert len(QUESTIONS) == 6
