"""A module that a pool worker cannot import."""
import multiprocessing

if multiprocessing.parent_process() is not None:
    raise ImportError("only_here is for the parent process")


def function():
    return {}
