"""Who may do what where: role × subtree of the unit tree.  The one place that decides."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from content.errors import ForbiddenError
from content.models.people import Role, User
from content.models.unit import Unit
from content.text import msgid
from content.units import Tree, load_tree

_ROLE_TITLES = {
    Role.OFFICE: msgid("phòng văn hóa"),
    Role.APPROVER: msgid("lãnh đạo duyệt tin"),
    Role.OPERATOR: msgid("người vận hành đài"),
    Role.EDITOR: msgid("biên tập viên"),
    Role.ADMIN: msgid("người quản trị"),
    Role.EMERGENCY: msgid("người được phép phát khẩn cấp"),
}
CALLERS = (Role.APPROVER, Role.EMERGENCY)
"""Who may start an emergency, countersign and end one: approvers, and who was granted just this."""


@dataclass(frozen=True)
class Rights:
    """What one person may do; `grants` are (role, unit id)."""

    grants: frozenset[tuple[Role, int]]
    tree: Tree

    def may(self, role: Role, unit_id: int) -> bool:
        """Tell whether the person holds `role` over the unit, granted there or higher up."""
        return any((role, above) in self.grants for above in self.tree.path(unit_id))

    def holds(self, *roles: Role) -> bool:
        """Tell whether the person holds one of `roles` anywhere."""
        return any(role in roles for role, _ in self.grants)

    def may_everywhere(self, role: Role) -> bool:
        """Tell whether the person holds `role` over every unit there is."""
        roots = [unit.id for unit in self.tree.units.values() if unit.parent_id is None]
        return bool(roots) and all(self.may(role, unit_id) for unit_id in roots)

    def require(self, role: Role, unit_id: int) -> None:
        """Raise ForbiddenError unless the person holds `role` over the unit."""
        if not self.may(role, unit_id):
            raise ForbiddenError(
                "Tại {unit}, việc này dành cho {role}.",
                role=_ROLE_TITLES[role],
                unit=self.tree.units[unit_id].name,
            )

    def may_call(self, unit_id: int) -> bool:
        """Tell whether the person may call an emergency at the unit."""
        return any(self.may(role, unit_id) for role in CALLERS)

    def require_call(self, unit_ids: Iterable[int]) -> None:
        """Raise ForbiddenError unless the person may call an emergency at every one of the units."""
        for unit_id in unit_ids:
            if not self.may_call(unit_id):
                self.require(Role.EMERGENCY, unit_id)

    def units_for(self, role: Role, day: date) -> list[Unit]:
        """Return every unit in being on `day` over which the person holds `role`, parents first."""
        found: dict[int, Unit] = {}
        for held, unit_id in sorted(self.grants):
            if held == role:
                found.update((unit.id, unit) for unit in self.tree.below(unit_id, day))
        return list(found.values())

    def below(self, unit_id: int) -> set[int]:
        """Return the ids of the unit and of every unit, past ones too, below it."""
        return {one for one in self.tree.units if unit_id in self.tree.path(one)}

    def unit_ids(self, *roles: Role) -> set[int]:
        """Return the ids of every unit, past ones too, over which the person holds one of `roles`."""
        return {unit_id for unit_id in self.tree.units if any(self.may(role, unit_id) for role in roles)}


def rights_of(session: Session, user: User) -> Rights:
    """Return the rights of `user`; an inactive person has none."""
    grants: Iterable[tuple[Role, int]] = ((Role(g.role), g.unit_id) for g in user.grants if user.active)
    return Rights(frozenset(grants), load_tree(session))
