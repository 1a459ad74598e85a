"""Python hello as WSGI on fastpysgi. usage: wsgi_fastpysgi.py PORT"""
import json
import platform
import sys

import fastpysgi


def app(environ, start_response):
    body = json.dumps({"message": "Hello from Python", "version": platform.python_version()})
    start_response("200 OK", [("Content-Type", "application/json")])
    return [body.encode()]


if __name__ == "__main__":
    fastpysgi.run(app, "127.0.0.1", int(sys.argv[1]))
