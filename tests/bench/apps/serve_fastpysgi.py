"""usage: serve_fastpysgi.py MODULE:APP PORT"""
import sys
from importlib import import_module

import fastpysgi

module, _, name = sys.argv[1].partition(":")
fastpysgi.run(getattr(import_module(module), name), "127.0.0.1", int(sys.argv[2]))
