"""Users: making them, their passwords and grants, and signing in, throttled."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from pwdlib import PasswordHash
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from content import audit
from content.errors import ConflictError, InvalidInputError, NotFoundError
from content.models.people import Grant, Role, SignInTry, User
from content.text import NAME_LIMIT, line, slug_of

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200
TRIES_PER_LOGIN = 5
TRIES_PER_ADDRESS = 30
TRY_COUNTS_FOR = timedelta(minutes=15)
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True)
class SignIn:
    """How a try to sign in ended: a user, or none; `wait` when further tries are refused for a while."""

    user: User | None
    wait: timedelta | None = None


def create_user(
    session: Session,
    login: str,
    *,
    name: str,
    password: str,
    now: datetime,
    by: str = audit.SYSTEM,
    locale: str | None = None,
) -> User:
    """Store a person; `login` is a slug, `password` at least 10 characters."""
    login = login.strip().lower()
    if not login or slug_of(login) != login:
        raise InvalidInputError("Tên đăng nhập chỉ gồm chữ thường không dấu, số và gạch nối.", field="login")
    if session.scalars(select(User).where(User.login == login)).first():
        raise ConflictError("Đã có người dùng “{login}”.", login=login)
    name = line(name, field="name", what="Họ tên", limit=NAME_LIMIT)
    user = User(login=login, name=name, password_hash=_hashed(password), created_at=now, locale=locale)
    session.add(user)
    session.flush()
    audit.record(session, "user.create", actor=by, subject=f"user:{user.id}", now=now, login=login)
    return user


def set_password(session: Session, user: User, password: str, *, by: str, now: datetime) -> None:
    """Change a password; every open session of the person ends."""
    user.password_hash = _hashed(password)
    user.epoch += 1
    audit.record(session, "user.password", actor=by, subject=f"user:{user.id}", now=now)


def grant(session: Session, user: User, role: Role, unit_id: int, *, by: str, now: datetime) -> None:
    """Give `user` a role over a unit and everything below it; giving it twice changes nothing."""
    if any((held.role, held.unit_id) == (role, unit_id) for held in user.grants):
        return
    user.grants.append(Grant(role=role, unit_id=unit_id))
    session.flush()
    audit.record(
        session, "user.grant", actor=by, subject=f"user:{user.id}", now=now, role=str(role), unit=unit_id
    )


def by_login(session: Session, login: str) -> User:
    """Return the person who signs in as `login`, or raise NotFoundError."""
    user = session.scalars(select(User).where(User.login == login)).first()
    if user is None:
        raise NotFoundError("Không có người dùng “{login}”.", login=login)
    return user


def sign_in(session: Session, login: str, password: str, *, address: str, now: datetime) -> SignIn:
    """Check a password; failed tries count for 15 minutes against the login and the address."""
    login = login.strip().lower()[:NAME_LIMIT]
    keys = {f"login:{login}": TRIES_PER_LOGIN, f"address:{address}": TRIES_PER_ADDRESS}
    wait = max((_wait(session, key, most, now) for key, most in keys.items()), default=timedelta())
    if wait:
        return SignIn(None, wait)
    user = session.scalars(select(User).where(User.login == login)).first()
    good, better_hash = _verified(password, user.password_hash if user else _hash_of_nobody())
    if user is None or not good or not user.active:
        session.add_all(SignInTry(key=key, at=now) for key in keys)
        audit.record(
            session,
            "user.sign_in_failed",
            actor=audit.SYSTEM,
            subject=f"login:{login}",
            now=now,
            address=address,
        )
        return SignIn(None)
    user.password_hash = better_hash or user.password_hash
    session.execute(delete(SignInTry).where(SignInTry.key == f"login:{login}"))
    audit.record(session, "user.sign_in", actor=login, subject=f"user:{user.id}", now=now, address=address)
    return SignIn(user)


def forget_old_tries(session: Session, now: datetime) -> None:
    """Drop failed tries that no longer count."""
    session.execute(delete(SignInTry).where(SignInTry.at < now - TRY_COUNTS_FOR))


def generated_password() -> str:
    """Return a random password that can be read out: three groups of four."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(3))


def _wait(session: Session, key: str, most: int, now: datetime) -> timedelta:
    since = now - TRY_COUNTS_FOR
    counted = select(func.count(), func.min(SignInTry.at)).where(SignInTry.key == key, SignInTry.at > since)
    count, oldest = session.execute(counted).one()
    return oldest + TRY_COUNTS_FOR - now if count >= most else timedelta()


@cache
def _hasher() -> PasswordHash:
    return PasswordHash.recommended()


@cache
def _hash_of_nobody() -> str:
    """Let an unknown login take as long as a known one."""
    return _hasher().hash(secrets.token_urlsafe())


def _verified(password: str, hashed: str) -> tuple[bool, str | None]:
    return _hasher().verify_and_update(password[:LONGEST_PASSWORD], hashed)


def _hashed(password: str) -> str:
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise InvalidInputError(
            "Mật khẩu cần từ {least} đến {most} ký tự.",
            field="password",
            least=SHORTEST_PASSWORD,
            most=LONGEST_PASSWORD,
        )
    return _hasher().hash(password)
