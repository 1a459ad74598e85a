"""Makes the values of a handler's parameters from text and from JSON, by their annotations.

A converter is made once for a parameter, at bind. The host does plain types (numbers, text, lists
and dicts of them) itself, by the same rules; tests/python/test_agreement.py holds the two together.
"""

from .annotations import converter_for
from .base import Converter, Description, Mismatch, Unsupported

__all__ = ["Converter", "Description", "Mismatch", "Unsupported", "converter_for"]
