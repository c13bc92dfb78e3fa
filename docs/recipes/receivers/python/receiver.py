"""A receiver of webhooks: verifies, drops repeats, answers at once, works afterwards.

    pip install standardwebhooks
    WEBHOOK_SECRET=whsec_… python3 receiver.py
"""

import os
import queue
import threading
from collections import OrderedDict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from standardwebhooks import Webhook

webhook = Webhook(os.environ["WEBHOOK_SECRET"])

# What is kept in memory is bounded: ids of late deliveries, events that wait for work, one body a request.
MOST_IDS = int(os.environ.get("REMEMBERED_IDS", "10000"))
MOST_WAITING = 1000
MOST_BYTES = 1024 * 1024

# In the order in which they came. A crash forgets them: keep them where your data is, if that matters.
seen: OrderedDict[str, None] = OrderedDict()
seen_lock = threading.Lock()
waiting: queue.Queue = queue.Queue(MOST_WAITING)


def handle(event: dict) -> None:
    """Your work. It may take its time."""
    print(f"handled {event['type']} {event['id']}", flush=True)


def work() -> None:
    while True:
        event = waiting.get()
        try:
            handle(event)
        except Exception as error:
            print(f"failed {event['id']}: {error}", flush=True)


def receive(body: bytes, headers: dict[str, str]) -> int:
    """The status that the sender is answered with."""
    try:
        # Over the body as it came. It also refuses what was signed more than five minutes ago.
        event = webhook.verify(body, headers)
    except Exception:  # the library raises more than its own error where headers are odd
        return 400
    with seen_lock:
        if headers["webhook-id"] in seen:
            return 204
        try:
            waiting.put_nowait(event)
        except queue.Full:
            return 503  # not taken, so it comes again
        seen[headers["webhook-id"]] = None
        if len(seen) > MOST_IDS:
            seen.popitem(last=False)
    return 204


class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_POST(self) -> None:
        length = int(self.headers.get("content-length", "0"))
        if length > MOST_BYTES:
            self.skip(length)
            return self.answer(413)
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.answer(receive(self.rfile.read(length), headers))

    def skip(self, length: int) -> None:
        """Reads a body and drops it: a sender that is cut off would not see the answer."""
        while length > 0 and (chunk := self.rfile.read(min(length, 65536))):
            length -= len(chunk)

    def answer(self, status: int) -> None:
        self.send_response(status)
        if status == 503:
            self.send_header("retry-after", "5")
        if status != 204:
            self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


if __name__ == "__main__":
    threading.Thread(target=work, daemon=True).start()
    address = (os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "8080")))
    server = ThreadingHTTPServer(address, Receiver)
    print(f"listening on port {server.server_address[1]}", flush=True)
    server.serve_forever()
