# SPDX-License-Identifier: MIT
"""The examples in docstrings do what they say."""
import doctest

import pytest

import zerobuffer

DOCUMENTED = [zerobuffer.Queue, zerobuffer.json_backend, zerobuffer.Writer.write_object]


@pytest.mark.parametrize("thing", DOCUMENTED, ids=lambda thing: thing.__name__)
def test_examples_run(thing):
    example = doctest.DocTestParser().get_doctest(thing.__doc__, {"zerobuffer": zerobuffer}, thing.__name__, None, None)
    assert example.examples
    assert doctest.DocTestRunner().run(example).failed == 0
