"""Promise 9: nothing is sent to a host that the configuration does not name: no redirect, no proxy, no environment."""

from __future__ import annotations

import socket
import ssl
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from google.auth import _exponential_backoff

from planning_bot.sandbox import Fault, Sandbox, faults
from tests.gateways.scripted import Scripted, answer
from tests.promises.secret_room import CALENDAR, Room, furnished, leaked
from tests.support import CONFIG, Desk, FakeClock, world

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from planning_bot.sandbox.connection import Response
    from tests.promises.conftest import Tally

# Where libraries look for a server, a proxy, a certificate or a login, if nobody stops them.
ADDRESSES = (
    "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "FTP_PROXY", "http_proxy", "https_proxy", "all_proxy", "CI_SERVER_URL",
    "CI_API_V4_URL", "CI_SERVER_HOST", "GITLAB_URL", "GITLAB_HOST", "GITLAB_API_URL", "SLACK_API_URL", "SLACK_URL",
    "SLACK_WEBHOOK_URL", "GOOGLE_API_USE_MTLS_ENDPOINT", "GCE_METADATA_HOST", "GCE_METADATA_ROOT", "GCE_METADATA_IP",
    "GOOGLE_CLOUD_UNIVERSE_DOMAIN", "GOOGLE_TOKEN_URI", "CALENDAR_URL", "BASE_URL", "API_URL", "PROXY",
)  # fmt: skip
CERTIFICATES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR", "GITLAB_CA_FILE")
NETRC = "machine 127.0.0.1\nlogin somebody\npassword else\ndefault\nlogin somebody\npassword else\n"
PYTHON_GITLAB = (
    "[global]\ndefault = trap\nssl_verify = false\n[trap]\nurl = {url}\nprivate_token = glpat-somebody-else\n"
)


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock: FakeClock) -> Iterator[Room]:
    """Give a team with everything that talks to a network."""
    monkeypatch.setattr(_exponential_backoff, "time", clock)
    with Sandbox(now=datetime(2026, 1, 31, 9, tzinfo=UTC)) as box, Scripted() as calendar:
        world(box)
        room = furnished(box, tmp_path, clock, calendar)
        for name, value in room.environment.items():
            monkeypatch.setenv(name, value)
        yield room


@pytest.fixture
def trap() -> Iterator[Scripted]:
    """Give a server to which nobody may come."""
    with Scripted([answer({})]) as server:
        yield server


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> set[Any]:
    """Note whom anybody connects to, or looks up; what is not on this machine is not let through."""
    found: set[Any] = set()
    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def connecting(self: socket.socket, address: Any) -> None:
        found.add(address[:2])
        assert address[0] == "127.0.0.1", address
        connect(self, address)

    def looking_up(host: Any, port: Any, *rest: Any, **more: Any) -> Any:
        found.add((host, port))
        assert host == "127.0.0.1", host
        return look_up(host, port, *rest, **more)

    monkeypatch.setattr(socket.socket, "connect", connecting)
    monkeypatch.setattr(socket, "getaddrinfo", looking_up)
    return found


def port_of(url: str) -> int:
    return int(url.rpartition(":")[2].rstrip("/"))


def test_every_command_talks_to_the_hosts_of_the_configuration_alone(
    room: Room, trap: Scripted, called: set[Any], monkeypatch: pytest.MonkeyPatch, tally: Tally
) -> None:
    """Whatever stands in the environment, and in the files that libraries look for at home."""
    home = room.desk.folder / "home"
    home.mkdir()
    (home / ".netrc").write_text(NETRC, encoding="utf-8")
    (home / ".python-gitlab.cfg").write_text(PYTHON_GITLAB.format(url=trap.url), encoding="utf-8")
    for name in ADDRESSES:
        monkeypatch.setenv(name, trap.url)
    for name in CERTIFICATES:
        monkeypatch.setenv(name, str(home / "nothing.pem"))
    monkeypatch.setenv("NETRC", str(home / ".netrc"))
    monkeypatch.setenv("PYTHON_GITLAB_CFG", str(home / ".python-gitlab.cfg"))
    monkeypatch.setenv("NO_PROXY", "")
    for line, ran in room.play():
        assert ran.code == 0 or line == "doctor", (line, ran.err)
        tally("commands with a hostile environment")
    assert trap.asked == []
    assert {port for _, port in called} == {port_of(room.box.url), room.calendar.port}
    assert {request.username for request in room.box.requests if request.path.startswith("/api/")} == {"planning-bot"}
    asked = {request.path.split("/")[1] for request in room.box.requests}
    assert asked == {"api", "slack", "v4", "token"}
    assert len(room.box.requests) > 100


SERVERS = {  # a command that talks to it, and its part of the addresses
    "GitLab": ("create-issue --apply", "/api/v4/"),
    "Slack": ("say-do --milestone 18.9 --apply", "/slack/"),
    "Google's tokens": ("capacity --apply", "/token"),
    "the Sheet": ("capacity --apply", "/v4/"),
}


@pytest.mark.parametrize("to", ["another host", "the same host"])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(
    room: Room, trap: Scripted, monkeypatch: pytest.MonkeyPatch, tally: Tally, status: int, to: str
) -> None:
    monkeypatch.setitem(faults.INSTEAD, "redirect", replace(faults.INSTEAD["redirect"], status=status))
    assert room.run("create-issue --milestone 18.9 --apply").code == 0
    start = room.box.save()
    for name, (line, path) in SERVERS.items():
        room.box.restore(start)
        room.box.fail(
            Fault(
                "redirect",
                path=path,
                times=None,
                location=f"{trap.url if to == 'another host' else room.box.url}/elsewhere",
            )
        )
        ran = room.run(line, "-vv")
        assert ran.code in {1, 4}, (name, ran.err)
        assert [one.path for one in room.box.requests if one.path == "/elsewhere"] == []
        assert leaked(ran.out + ran.err, room.canaries) == []
        tally("redirects")
    room.box.restore(start)
    where = f"{trap.url if to == 'another host' else room.calendar.url}/elsewhere"
    room.calendar.respond = lambda target: _moved(target, status, where)
    ran = room.run("capacity --apply", "-vv")
    assert (ran.code, [sent for sent in ran.sent if sent[1] != "/token"]) == (1, []), ran.err
    assert "/elsewhere" not in room.calendar.targets
    assert leaked(ran.out + ran.err, room.canaries) == []
    tally("redirects")
    assert trap.asked == []


def _moved(target: str, status: int, where: str) -> Response:
    if target == "/elsewhere":
        return answer(CALENDAR)
    return answer(None, status, Location=where)


# Certificates


def authority(folder: Path) -> tuple[Path, Path]:
    """Make a certificate for this machine that signs itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    today = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(
            name, name, key.public_key(), x509.random_serial_number(), today, today + timedelta(days=2)
        )
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = folder / "certificate.pem", folder / "key.pem"
    files[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    forms = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    files[1].write_bytes(key.private_bytes(*forms))
    return files


@pytest.mark.parametrize(("named", "code"), [(False, 1), (True, 0)])
def test_a_certificate_that_the_environment_trusts_and_the_configuration_does_not_is_refused(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, named: bool, code: int
) -> None:
    certificate, key = authority(tmp_path)
    for name in CERTIFICATES:
        monkeypatch.setenv(name, str(tmp_path if name.endswith("DIR") else certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    listener = desk.box._listener  # noqa: SLF001 - the pretend GitLab, over TLS from here on
    assert listener
    listener.socket = context.wrap_socket(listener.socket, server_side=True)
    url = desk.box.url.replace("http:", "https:")
    ca_file = f"\n  ca_file: {certificate.name}" if named else ""
    desk.config.write_text(CONFIG.format(url=url + ca_file), encoding="utf-8")
    ran = desk.run("create-issue", "--dry-run")
    assert ran.code == code, ran.err
    assert ("(SSLError)" in ran.err) == (not named)
    assert bool(desk.box.requests) == named
