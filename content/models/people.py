"""Who may sign in, and what he may do where."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from content.db import Base


class Role(StrEnum):
    """What a person comes for."""

    OFFICE = "office"
    APPROVER = "approver"
    OPERATOR = "operator"
    EDITOR = "editor"
    ADMIN = "admin"
    EMERGENCY = "emergency"


class User(Base):
    """A person.  `epoch` rises when every open session of his is to end (a new password, say)."""

    __tablename__ = "user"

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]
    locale: Mapped[str | None]
    active: Mapped[bool] = mapped_column(default=True)
    epoch: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    grants: Mapped[list[Grant]] = relationship(back_populates="user", lazy="selectin")


class Grant(Base):
    """A role over one unit and everything below it."""

    __tablename__ = "grant"
    __table_args__ = (
        UniqueConstraint("user_id", "role", "unit_id"),
        CheckConstraint(
            "role IN ('office', 'approver', 'operator', 'editor', 'admin', 'emergency')", name="role_known"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    role: Mapped[str]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    user: Mapped[User] = relationship(back_populates="grants")


class SignInTry(Base):
    """A failed sign-in, kept as long as it counts against further tries (`key`: login or address)."""

    __tablename__ = "sign_in_try"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(index=True)
    at: Mapped[datetime]
