"""Sending for real: a mail server and a webhook on loopback, taken down, refusing, dying in between."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from content.clock import SteppedClock
from content.settings import Settings
from tests.web.notices.conftest import Office
from web.notices.hook import Hooks
from web.notices.mail import Mail
from web.notices.models import NoticeDelivery
from web.notices.posting import FORGOTTEN_AFTER, Posting, pause


def test_a_mail_arrives_with_its_words(office: Office) -> None:
    office.add("email", "dai@phuong.vn")
    office.tell()
    office.post()
    (message,) = office.mailbox.messages
    assert (message["To"], message["Subject"]) == ("dai@phuong.vn", "[Loa Phường] Đài: lượt 06:00 không phát")
    assert "Vì sao." in message.get_content()
    assert office.states() == ["sent"]


def test_a_webhook_is_signed(office: Office) -> None:
    contact = office.add("webhook", office.receiver.url)
    office.tell()
    office.post()
    ((headers, body),) = office.receiver.calls
    told = headers["X-LoaPhuong-Timestamp"].encode() + b"." + body
    right = hmac.new(office.secret(contact).encode(), told, hashlib.sha256).hexdigest()
    assert headers["X-LoaPhuong-Signature"] == f"sha256={right}"
    assert json.loads(body)["notices"][0]["station"] == "dai-ha-dinh"


def test_what_is_sent_is_not_sent_again(office: Office) -> None:
    office.add("email", "dai@phuong.vn")
    office.tell()
    office.post()
    office.post()
    assert len(office.mailbox.messages) == 1


def test_what_waits_for_one_address_goes_in_one_message(office: Office) -> None:
    office.add("email", "dai@phuong.vn")
    office.tell("một")
    office.tell("hai")
    office.post()
    assert [message["Subject"] for message in office.mailbox.messages] == [
        "[Loa Phường] Đài: một (và 1 việc khác)"
    ]


def test_a_district_is_told_of_the_wards_below_when_it_asked_for_it(office: Office) -> None:
    with office.house.database.reading() as session:
        city = session.connection().exec_driver_sql("SELECT id FROM unit WHERE slug = 'ha-noi'").scalar_one()
    office.add("email", "quan@quan.vn", unit_id=city, below=True)
    office.add("email", "khac@quan.vn", unit_id=city)
    office.tell()
    office.post()
    assert [message["To"] for message in office.mailbox.messages] == ["quan@quan.vn"]


@pytest.mark.parametrize(
    ("lever", "said", "state"),
    [
        ("to_receiver", "450 later", "waiting"),
        ("to_receiver", "550 nobody", "failed"),
        ("to_message", "451 later", "waiting"),
        ("to_message", "554 spam", "failed"),
        ("to_message", "hang up", "unsure"),
    ],
)
def test_what_a_mail_server_says_decides(office: Office, lever: str, said: str, state: str) -> None:
    setattr(office.mailbox, lever, said)
    office.add("email", "dai@phuong.vn")
    office.tell()
    office.post()
    assert office.states() == [state]


@pytest.mark.parametrize(
    ("status", "state"),
    [(200, "sent"), (302, "failed"), (404, "failed"), (429, "waiting"), (503, "waiting"), (0, "unsure")],
)
def test_what_a_webhook_answers_decides(office: Office, status: int, state: str) -> None:
    office.receiver.status = status
    office.add("webhook", office.receiver.url)
    office.tell()
    office.post()
    assert office.states() == [state]


def test_a_server_that_is_away_is_tried_again_later(office: Office, clock: SteppedClock) -> None:
    port, office.mailbox.to_receiver = office.mailbox.port, "450 later"
    office.add("email", "dai@phuong.vn")
    office.tell()
    office.post()
    office.mailbox.to_receiver = "250 OK"
    office.post()
    early = len(office.mailbox.messages)
    clock.advance(30)
    office.post()
    assert (port > 0, early, len(office.mailbox.messages)) == (True, 0, 1)


def test_one_dead_webhook_does_not_hold_up_the_mail(office: Office) -> None:
    office.add("webhook", "http://127.0.0.1:1/")
    office.add("email", "dai@phuong.vn")
    office.tell()
    office.post()
    assert office.states() == ["waiting", "sent"]


def test_after_a_day_it_is_given_up(office: Office, clock: SteppedClock) -> None:
    office.add("webhook", "http://127.0.0.1:1/")
    office.tell()
    clock.advance(86_401)
    office.post()
    assert office.states() == ["failed"]


def test_two_processes_send_once(office: Office) -> None:
    office.add("email", "dai@phuong.vn")
    office.tell()
    both = [threading.Thread(target=office.post) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert (len(office.mailbox.messages), office.states()) == (1, ["sent"])


def test_what_a_dead_process_was_at_is_not_sent_again(office: Office, clock: SteppedClock) -> None:
    """Nobody knows whether it arrived; a person may have it sent again."""
    office.add("email", "dai@phuong.vn")
    office.tell()
    with office.house.database.writing() as session:
        session.execute(update(NoticeDelivery).values(state="handing", handed_at=clock.now()))
    office.post()
    early = office.states()
    clock.advance(FORGOTTEN_AFTER.total_seconds() + 1)
    office.post()
    assert (early, office.states(), office.mailbox.messages) == (["handing"], ["unsure"], [])


def test_a_webhook_into_the_own_network_is_refused_unless_allowed(office: Office) -> None:

    office.add("webhook", office.receiver.url)
    office.tell()
    posts = {"webhook": Hooks(office.clock, private=False)}
    Posting(office.house.database, office.clock, posts).send_due(office.clock.now())
    assert (office.receiver.calls, office.states()) == ([], ["failed"])


def test_without_a_mail_server_the_log_says_so(office: Office) -> None:

    office.add("email", "dai@phuong.vn")
    office.tell()
    posts = {"email": Mail(Settings(), office.clock)}
    Posting(office.house.database, office.clock, posts).send_due(office.clock.now())
    with office.house.database.reading() as session:
        (row,) = session.scalars(select(NoticeDelivery)).all()
    assert (row.state, row.error) == ("failed", "chưa cài máy chủ thư (LOAPHUONG_SMTP_HOST)")


@pytest.mark.parametrize(("tries", "seconds"), [(1, 30), (2, 60), (3, 120), (7, 1800), (50, 1800)])
def test_pauses_grow(tries: int, seconds: int) -> None:
    assert pause(tries) == timedelta(seconds=seconds)
