"""Runs cells of a Python client: one JSON object a line on stdin, its outcome as one JSON object a line on stdout."""

import json
import sys


class Watch:
    """Writes down the gateway's id of every response, by a hook that the HTTP client offers to everybody."""

    def __init__(self):
        self.request_ids = []

    def seen(self, response):
        request_id = response.headers.get("x-farthing-request-id")
        if request_id is not None:
            self.request_ids.append(request_id)


def serve(cells, connect):
    """`cells`: name -> function of (client, question); `connect`: (question, watch) -> client."""
    for line in sys.stdin:
        question = json.loads(line)
        watch = Watch()
        try:
            told = cells[question["cell"]](connect(question, watch), question)
        except Exception as error:  # noqa: BLE001 - every failure of a cell is told to the test
            told = {"failed": f"{type(error).__name__}: {error}"}
        print(json.dumps({**told, "requestIds": watch.request_ids}), flush=True)


def expect(holds, what):
    if not holds:
        raise AssertionError(what)


def raised(call, question):
    """The client's own error for a refusal, by the name of its class."""
    try:
        call()
    except Exception as error:  # noqa: BLE001 - the class is what is looked at
        told = {"content": str(error), "class": type(error).__name__, "status": getattr(error, "status_code", None)}
        response = getattr(error, "response", None)
        headers = {} if response is None else response.headers
        return {**told, "retryAfter": headers.get("retry-after"), "usage": None}
    raise AssertionError("nothing was raised")
