"""Serve an invented library on both wires, in this process, and use it through the generated client."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import grpc
from shelf._gen.models import Binding
from shelf._gen.proto import shelf_pb2 as pb
from shelf._gen.servicer import ShelfServicer, add_to_server
from shelf.api.client import ShelfClient

SEEN: list[tuple[str, str, bytes]] = []


class Library(ShelfServicer):
    def GetBook(self, request: pb.GetBookRequest, context: grpc.ServicerContext) -> pb.Book:
        result = pb.Book(isbn=request.isbn, title="Emma", authors=["Jane Austen"])
        result.added_at.FromSeconds(86_400)
        return result

    def ListBooks(self, request: pb.ListBooksRequest, context: grpc.ServicerContext) -> Iterator[pb.Book]:
        for number in range(request.limit if request.HasField("limit") else 3):
            yield pb.Book(isbn=str(number), title=request.author, binding=pb.HARDBACK, pages=number)


class Branches(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.reply(
            200, json.dumps([{"name": "North", "opens": "early"}, {"name": "South", "opens": "at noon"}]).encode()
        )

    def do_POST(self) -> None:
        self.reply(204, b"")

    def reply(self, status: int, body: bytes) -> None:
        SEEN.append((self.command, self.path, self.rfile.read(int(self.headers.get("content-length", 0)))))
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


def main() -> None:
    server = grpc.server(ThreadPoolExecutor(2))
    add_to_server(Library(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    http = ThreadingHTTPServer(("127.0.0.1", 0), Branches)
    threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    with ShelfClient(f"127.0.0.1:{port}", f"http://127.0.0.1:{http.server_port}") as client:
        book = client.books.get("978")
        assert (book.isbn, book.title, book.pages, book.authors) == ("978", "Emma", None, ["Jane Austen"]), book
        assert book.since is not None and book.since.isoformat() == "1970-01-02T00:00:00+00:00", book
        listed = list(client.books.list("Ada", limit=2))
        assert [(item.title, item.binding, item.pages) for item in listed] == [
            ("Ada", Binding.HARDBACK, 0),
            ("Ada", Binding.HARDBACK, 1),
        ], listed
        assert len(list(client.books.list("Ada"))) == 3
        north, south = client.branches.list(city="York")
        assert (north.name, north.opens.is_known, south.opens, south.opens.is_known) == (
            "North",
            True,
            "at noon",
            False,
        )
        client.branches.close("North", date(2026, 12, 24))
    assert SEEN == [
        ("GET", "/branches?city=York", b""),
        ("POST", "/branches/North/closures", b'{"day":"2026-12-24"}'),
    ], SEEN
    server.stop(None)
    http.shutdown()
    print("used on both wires")


main()
