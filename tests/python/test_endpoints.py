import platform

import pytest

import endpoints


def test_hello_says_which_python() -> None:
    assert endpoints.hello() == {
        "message": "Hello from Python",
        "version": platform.python_version(),
    }


@pytest.mark.parametrize(
    ("data", "processed", "input_type"),
    [
        ("abc ä", "ABC Ä", "str"),
        ({"a": "x", "b": 1, "c": ["y"]}, {"a": "X", "b": 1, "c": ["y"]}, "dict"),
        (["a", 1, None, {"b": "c"}], ["A", 1, None, {"b": "c"}], "list"),
        (7, 7, "int"),
        (1.5, 1.5, "float"),
        (True, True, "bool"),
        (None, None, "NoneType"),
    ],
)
def test_process_upper_cases_strings(data: object, processed: object, input_type: str) -> None:
    assert endpoints.process(data) == {
        "result": {"processed": processed, "input_type": input_type},
        "source": "python",
    }


def test_process_leaves_its_input_as_it_was() -> None:
    data = {"a": "x"}

    endpoints.process(data)

    assert data == {"a": "x"}
