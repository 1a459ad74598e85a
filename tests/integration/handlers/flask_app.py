"""A Flask application as its users write it."""
from flask import Flask, Response, request, send_file, session

app = Flask(__name__)
app.secret_key = "test"


@app.get("/greet/<name>")
def greet(name):
    return {"greeting": f"Hello {name}", "url": request.url}


@app.post("/form")
def form():
    session["seen"] = True
    return {"a": request.form["a"], "file": request.files["f"].read().decode()}


@app.get("/stream")
def stream():
    return Response((f"{number}\n" for number in range(5)), mimetype="text/plain")


@app.get("/file")
def file():
    return send_file(__file__)
