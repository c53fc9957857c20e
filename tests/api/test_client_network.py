"""The client on a real socket of this machine: connections and certificates."""

import asyncio
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from dialler_mcp.api import Address, Dialler
from dialler_mcp.api.errors import BadAddress, Unreachable

OK = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n{"records": []}'


@asynccontextmanager
async def server(*answers: bytes, tls: ssl.SSLContext | None = None) -> AsyncGenerator[int]:
    """Gives these answers in turn, the last for ever; yields its port."""
    rest = list(answers)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await reader.readuntil(b"\r\n\r\n"):
                writer.write(rest.pop(0) if len(rest) > 1 else rest[0])
                await writer.drain()
        except (asyncio.IncompleteReadError, OSError):
            pass
        finally:
            writer.close()

    running = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    async with running:
        yield running.sockets[0].getsockname()[1]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A throw-away certificate that signs itself, with its key in the same file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "dialler test")])
    now = datetime.now(UTC)
    own_certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "certificate.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(own_certificate.public_bytes(serialization.Encoding.PEM) + private)
    return path


@pytest.fixture(scope="module")
def tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


async def no_pause(_: float) -> None:
    return


def dialler_at(port: int, scheme: str = "https", ca_file: Path | None = None, connections: int = 8) -> Dialler:
    url = f"{scheme}://127.0.0.1:{port}/rest/v1.0/1"
    return Dialler(Address(url, "secret-token", ca_file=ca_file, connections=connections), pause=no_pause)


async def test_a_certificate_that_the_ca_file_vouches_for_is_accepted(certificate: Path, tls: ssl.SSLContext) -> None:
    async with server(OK, tls=tls) as port, dialler_at(port, ca_file=certificate) as dialler:
        assert await dialler.list_campaigns() == []


async def test_a_certificate_that_nobody_vouches_for_is_refused(tls: ssl.SSLContext) -> None:
    async with server(OK, tls=tls) as port, dialler_at(port) as dialler:
        with pytest.raises(Unreachable, match="DIALLER_CA_FILE"):
            await dialler.list_campaigns()


@pytest.mark.parametrize(
    "content", ["", "no certificate", "-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----"]
)
async def test_a_ca_file_that_holds_no_certificate_is_named(content: str, tmp_path: Path) -> None:
    path = tmp_path / "ca.pem"
    path.write_text(content)
    async with dialler_at(1, ca_file=path) as dialler:
        with pytest.raises(BadAddress, match=r"DIALLER_CA_FILE contains no readable certificates \(PEM\)"):
            await dialler.list_campaigns()


async def test_a_port_where_nobody_listens_is_unreachable() -> None:
    async with server(OK) as port:
        pass
    async with dialler_at(port, "http") as dialler:
        with pytest.raises(Unreachable):
            await dialler.lock_contact(1)


async def test_a_redirect_works_with_one_connection() -> None:
    redirect = b"HTTP/1.1 302 Found\r\nLocation: /rest/v1.0/1/new\r\nContent-Length: 5\r\n\r\nmoved"
    async with server(redirect, OK) as port, dialler_at(port, "http", connections=1) as dialler:
        assert await dialler.list_campaigns() == []


async def test_many_calls_share_few_connections() -> None:
    async with server(OK) as port, dialler_at(port, "http", connections=2) as dialler:
        assert await asyncio.gather(*(dialler.list_campaigns() for _ in range(20))) == [[]] * 20
