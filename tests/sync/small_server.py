"""A small HTTP/1.1 server on loopback for tests of the line: plain or TLS, each path answered by a function."""

import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from sync.frames import decode, encode
from sync.protocol import ErrorAnswer


class Asked:
    """One request, and the means to answer it as one likes."""

    def __init__(self, handler: BaseHTTPRequestHandler) -> None:
        self.handler = handler
        self.method, self.path = handler.command, handler.path
        self.headers = {name.lower(): value for name, value in handler.headers.items()}
        self.body = b""

    def take(self) -> bytes:
        self.body = self.handler.rfile.read(int(self.headers.get("content-length", "0")))
        return self.body

    def message(self, expected: type[Any]) -> Any:
        return decode(self.take(), expected)

    def give(self, body: BaseModel | bytes = b"", status: int = 200, **headers: str) -> None:
        content = body if isinstance(body, bytes) else encode(body)
        self.handler.send_response_only(status)
        for name, value in headers.items():
            self.handler.send_header(name.replace("_", "-"), value)
        self.handler.send_header("Content-Length", str(len(content)))
        self.handler.end_headers()
        if self.method != "HEAD":
            self.handler.wfile.write(content)

    def refuse(self, status: int, code: str, **more: Any) -> None:
        self.give(ErrorAnswer(code=code, **more), status)

    def hang_up(self) -> None:
        self.handler.close_connection = True
        self.handler.connection.shutdown(socket.SHUT_RDWR)


Answering = Callable[[Asked], None]


class SmallServer:
    """``routes`` maps a path (without its query) to what answers it; ``seen`` keeps every request."""

    def __init__(self, *, certificate: Path | None = None) -> None:
        self.routes: dict[str, Answering] = {}
        self.seen: list[Asked] = []
        self.connections = 0
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._http.daemon_threads = True
        self._tls = certificate is not None
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self._http.socket = context.wrap_socket(
                self._http.socket, server_side=True, do_handshake_on_connect=False
            )
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)

    @property
    def port(self) -> int:
        return int(self._http.server_address[1])

    @property
    def url(self) -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    def __enter__(self) -> "SmallServer":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1

            def setup(self) -> None:
                server.connections += 1
                super().setup()

            def handle(self) -> None:
                try:
                    super().handle()
                except (OSError, ValueError):
                    self.close_connection = True  # the other side went away, as some tests want

            def finish(self) -> None:
                with suppress(OSError, ValueError):
                    super().finish()

            def log_message(self, *_: object) -> None:
                pass

            def answer(self) -> None:
                asked = Asked(self)
                server.seen.append(asked)
                server.routes[self.path.partition("?")[0]](asked)

            do_GET = do_POST = do_PUT = do_HEAD = answer

        return Handler


def self_signed(folder: Path, name: str = "hub.example") -> tuple[Path, bytes]:
    """A key with a certificate that it signed itself (PEM), and the certificate's SHA-256."""
    import datetime
    from hashlib import sha256

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    start = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + datetime.timedelta(days=36_500))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / f"{name}.pem"
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return path, sha256(certificate.public_bytes(serialization.Encoding.DER)).digest()
