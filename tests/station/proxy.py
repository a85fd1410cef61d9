"""A reverse proxy on loopback that ends TLS, with a certificate of a test authority; it may be cut."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

LOOPBACK = "127.0.0.1"
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Authority:
    """A test authority: its own certificate in `file`, and a server's certificate with its key."""

    file: Path
    server: Path


def make_authority(folder: Path, *, host: str = LOOPBACK, name: str = "Test CA") -> Authority:
    """Make an authority and a certificate of it for `host`."""
    folder.mkdir(exist_ok=True)
    key, server_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    own = _certificate(issuer, issuer, key, key, x509.BasicConstraints(ca=True, path_length=0))
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))])
    served = _certificate(subject, issuer, server_key, key, names)
    authority = Authority(folder / "ca.pem", folder / "server.pem")
    authority.file.write_bytes(own.public_bytes(serialization.Encoding.PEM))
    secret = server_key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    authority.server.write_bytes(served.public_bytes(serialization.Encoding.PEM) + secret)
    return authority


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    signer: ec.EllipticCurvePrivateKey,
    extension: x509.ExtensionType,
) -> x509.Certificate:
    now = datetime.now(UTC)
    public = signer.public_key()
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _DAY)
        .not_valid_after(now + _DAY)
        .add_extension(extension, critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(public), critical=False)
        .sign(signer, hashes.SHA256())
    )


@dataclass
class Proxy:
    """Passes bytes on to `target`; `cut()` ends every line and refuses new ones, `mend()` lets them again."""

    target: tuple[str, int]
    context: ssl.SSLContext | None = None
    url: str = ""
    lines: list[socket.socket] = field(default_factory=list)
    up: bool = True

    def cut(self) -> None:
        """Lose the network."""
        self.up = False
        while self.lines:
            _end(self.lines.pop())

    def mend(self) -> None:
        """Have the network back."""
        self.up = True

    def take(self, line: socket.socket) -> None:
        """Join a new line to the target, or refuse it."""
        try:
            if not self.up:
                raise ConnectionRefusedError
            if self.context:
                line = self.context.wrap_socket(line, server_side=True)
            onward = socket.create_connection(self.target, timeout=10)
        except OSError:
            _end(line)
            return
        onward.settimeout(None)
        self.lines += [line, onward]
        for source, sink in ((line, onward), (onward, line)):
            threading.Thread(target=_pump, args=(source, sink), daemon=True).start()


@contextmanager
def proxy_to(port: int, *, authority: Authority | None = None) -> Iterator[Proxy]:
    """Run a proxy before `port` of this machine, with TLS when an `authority` vouches for it."""
    context = None
    if authority:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(authority.server)
    proxy = Proxy((LOOPBACK, port), context)
    with socket.create_server((LOOPBACK, 0)) as server:
        scheme = "https" if authority else "http"
        proxy.url = f"{scheme}://{LOOPBACK}:{server.getsockname()[1]}"
        listening = threading.Thread(target=_accept, args=(server, proxy), daemon=True)
        listening.start()
        try:
            yield proxy
        finally:
            proxy.cut()
            server.shutdown(socket.SHUT_RDWR)
            listening.join(5)


def _accept(server: socket.socket, proxy: Proxy) -> None:
    while True:
        try:
            line, _ = server.accept()
        except OSError:
            return
        threading.Thread(target=proxy.take, args=(line,), daemon=True).start()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError, ValueError):
        while data := source.recv(1 << 16):
            sink.sendall(data)
    _end(source)
    _end(sink)


def _end(line: socket.socket) -> None:
    with contextlib.suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
    line.close()
