"""A device's side of the conversation: a line of JSON comes in, one goes out. Runs in the peer's own interpreter."""

import json
import os
import sys


def serve(device):
    """Call the method of ``device`` that each line names until there are no more lines.

    What libraries print goes to the error stream, so that answers stand alone.
    """
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = {"answer": getattr(device, request.pop("do"))(**request)}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=answers, flush=True)


def cases(file):
    """(id, content) of every case of a file of lines."""
    with open(file, encoding="utf-8") as lines:
        for line in lines:
            content = line.rstrip("\n")
            yield json.loads(content)["id"], content
