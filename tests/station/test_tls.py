"""TLS to the centre: through a proxy that ends it, with an authority of our own."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from content.clock import SystemClock
from content.contracts.enrolment import EnrolCode
from content.errors import UnavailableError
from station import bell
from station.centre import Centre
from station.errands import Errand
from station.identity import enrol
from tests.station.fakes import SECRET, STATION, TOKEN, FakeCentre, make_manifest
from tests.station.proxy import Authority, Proxy, make_authority, proxy_to
from tests.station.test_cli import Machine


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Return an authority that vouches for 127.0.0.1."""
    return make_authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture
def proxy(centre: FakeCentre, authority: Authority) -> Iterator[Proxy]:
    """Return a proxy before the centre."""
    with proxy_to(int(centre.url.rpartition(":")[2]), authority=authority) as proxy:
        yield proxy


def test_the_manifest_comes_through_tls(centre: FakeCentre, proxy: Proxy, authority: Authority) -> None:
    centre.publish(make_manifest())
    assert Centre(proxy.url, STATION, TOKEN, trust=str(authority.file)).manifest(None) == centre.envelope


def test_the_system_s_own_variable_counts_too(
    centre: FakeCentre, proxy: Proxy, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.file))
    centre.publish(make_manifest())
    assert Centre(proxy.url, STATION, TOKEN).manifest(None) == centre.envelope


def test_a_machine_enrols_through_tls(
    centre: FakeCentre, proxy: Proxy, authority: Authority, tmp_path: Path
) -> None:
    centre.url, centre.mode = proxy.url, "production"
    code = EnrolCode(proxy.url, SECRET, centre.key.public.keyid)
    enrolment = enrol(code, tmp_path / "ward", mode="production", trust=str(authority.file))
    assert (enrolment.station, enrolment.centre_url) == (STATION, proxy.url)


def test_a_certificate_of_somebody_else_is_refused_and_nothing_is_sent(
    centre: FakeCentre, proxy: Proxy
) -> None:
    with pytest.raises(UnavailableError, match=r"Chứng chỉ TLS .* không được tin"):
        Centre(proxy.url, STATION, TOKEN).manifest(None)
    assert centre.requests == []


def test_a_certificate_for_another_host_is_refused(centre: FakeCentre, tmp_path: Path) -> None:
    elsewhere = make_authority(tmp_path / "ca", host="127.0.0.2")
    with proxy_to(int(centre.url.rpartition(":")[2]), authority=elsewhere) as proxy:
        trusted = Centre(proxy.url, STATION, TOKEN, trust=str(elsewhere.file))
        with pytest.raises(UnavailableError, match="IP address mismatch"):
            trusted.manifest(None)


def test_the_bell_is_not_rung_by_somebody_else(proxy: Proxy) -> None:
    with pytest.raises(UnavailableError, match="Chứng chỉ TLS"):
        bell.listen(f"{proxy.url}/bell", TOKEN, opened=lambda: None, ring=lambda _: None)


def test_the_log_says_plainly_what_is_wrong(proxy: Proxy, caplog: pytest.LogCaptureFixture) -> None:
    centre = Centre(proxy.url, STATION, TOKEN)
    errand = Errand("manifest", lambda: _poll(centre), every=lambda: 30.0, clock=SystemClock())
    with caplog.at_level(logging.WARNING, "station"):
        errand.try_once()
    assert "manifest: Chứng chỉ TLS của trung tâm không được tin" in caplog.text
    assert "LOAPHUONG_CA_FILE" in caplog.text


def _poll(centre: Centre) -> None:
    centre.manifest(None)


def test_a_whole_station_works_through_tls_and_a_wrong_authority_is_told(
    centre: FakeCentre, proxy: Proxy, authority: Authority, tmp_path: Path
) -> None:
    centre.url, machine = proxy.url, Machine(tmp_path / "ward")
    machine.environ["LOAPHUONG_CA_FILE"] = str(authority.file)
    machine.enrol(centre)
    centre.publish(make_manifest())
    with machine.running():
        centre.wait_for(lambda: centre.heartbeats and centre.heartbeats[-1]["generation"] == 1)
    machine.environ["LOAPHUONG_CA_FILE"] = str(make_authority(tmp_path / "other").file)
    with machine.running() as process:
        said = next(line for line in process.stderr or () if "Chứng chỉ TLS" in line)
    assert "LOAPHUONG_CA_FILE" in said
