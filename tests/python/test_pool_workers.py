import pickle

import pytest

import pool_workers


@pytest.mark.parametrize("handler", [pool_workers.squares, pool_workers.compute])
def test_handlers_square_each_number(handler) -> None:
    assert handler([1, 2, 3]) == {"squares": [1, 4, 9]}
    assert handler([]) == {"squares": []}
    assert handler([-(10**30)]) == {"squares": [10**60]}


def test_worker_functions_compute() -> None:
    assert pool_workers.compute_squares([2, -3]) == [4, 9]
    assert pool_workers.compute_sum([1, 2, 3]) == 6
    assert pool_workers.compute_sum([]) == 0
    assert pool_workers.compute_factorial(0) == 1
    assert pool_workers.compute_factorial(20) == 2432902008176640000


def test_factorial_refuses_negative_numbers() -> None:
    with pytest.raises(ValueError):
        pool_workers.compute_factorial(-1)


def test_worker_functions_can_be_sent_to_a_process() -> None:
    assert pickle.loads(pickle.dumps(pool_workers.compute_sum)) is pool_workers.compute_sum
