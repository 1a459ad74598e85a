"""A module that calls a pool before there is one."""
from plughost import pool

anything = pool.submit(sum, [1]).result
