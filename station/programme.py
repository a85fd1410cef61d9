"""The manifest in force: taken only from the station's own centre, kept on disk for days without network."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from content.contracts import signing
from content.contracts.manifest import PAYLOAD_TYPE, Item, Manifest
from content.errors import ContractError
from station.files import write_private
from station.identity import Enrolment

ALARMS = (
    "manifest_signature",
    "manifest_form",
    "manifest_station",
    "manifest_mode",
    "manifest_generation",
)

log = logging.getLogger("station")


class RefusedError(ContractError):
    """A manifest this station does not obey; `alarm` is the word for the journal."""

    code = "manifest_refused"

    def __init__(self, alarm: str, why: str) -> None:
        super().__init__("Bản kê phát bị từ chối: {why}", why=why)
        self.alarm = alarm
        self.why = why


class _Reader:
    """Reads items; what stood in the manifest before in the same words is not looked through again.

    A call adds one item to hundreds, and its stations wait for nothing else.
    """

    def __init__(self) -> None:
        self._known: dict[object, tuple[object, Item]] = {}

    def read(self, message: object) -> Item:
        """Return the item that a JSON object says, or raise ContractError."""
        name = message.get("id") if isinstance(message, dict) else None
        said, item = self._known.get(name, (None, None)) if isinstance(name, str) else (None, None)
        if item is None or said != message:
            item = Item.from_wire(message)
            self._known[item.id] = (message, item)
        return item

    def keep(self, manifest: Manifest) -> None:
        """Forget what does not stand in the manifest that is in force now."""
        self._known = {item.id: self._known[item.id] for item in manifest.items}


def judge_manifest(
    envelope: bytes,
    enrolment: Enrolment,
    *,
    last: int,
    read_item: Callable[[object], Item] = Item.from_wire,
) -> Manifest:
    """Return the manifest in `envelope`, or raise RefusedError.

    It must be signed by a key of the enrolment, well formed, of the station's name and mode, and of a
    generation not lower than `last`.
    """
    try:
        payload = signing.open_envelope(PAYLOAD_TYPE, envelope, enrolment.keys)
    except ContractError as error:
        raise RefusedError("manifest_signature", str(error)) from error
    try:
        manifest = Manifest.decode(payload, read_item)
    except ContractError as error:
        raise RefusedError("manifest_form", str(error)) from error
    _check_addressee(manifest, enrolment)
    if manifest.generation < last:
        raise RefusedError("manifest_generation", f"generation {manifest.generation} after {last}")
    return manifest


def _check_addressee(manifest: Manifest, enrolment: Enrolment) -> None:
    if manifest.station != enrolment.station:
        raise RefusedError("manifest_station", f"for station {manifest.station}")
    if manifest.mode != enrolment.mode:
        raise RefusedError("manifest_mode", f"mode {manifest.mode}, the station is in {enrolment.mode}")


class Programme:
    """The manifest in force and its file."""

    def __init__(self, path: Path, enrolment: Enrolment) -> None:
        self._path = path
        self._enrolment = enrolment
        self._envelope = b""
        self._kept = True
        self._reader = _Reader()
        self.manifest: Manifest | None = None

    @property
    def generation(self) -> int | None:
        """The generation in force, None when there is none."""
        return self.manifest.generation if self.manifest else None

    def restore(self, *, last: int) -> None:
        """Take the manifest that was kept, unless it is missing, damaged or not ours."""
        if not self._path.exists():
            return
        try:
            self.manifest = self._judged(self._path.read_bytes(), last=last)
        except RefusedError as error:
            log.warning("the kept manifest is not used: %s", error.why)

    def consider(self, envelope: bytes, *, last: int) -> Manifest | None:
        """Put a manifest from the network in force; None when it is the one in force already.

        It is on the disk only after `keep`.  Raises RefusedError.
        """
        if envelope == self._envelope:
            return None
        manifest = self._judged(envelope, last=max(last, self.generation or 0))
        self._envelope, self.manifest, self._kept = envelope, manifest, False
        return manifest

    def keep(self) -> None:
        """Keep what is in force on the disk, for after the next start."""
        if not self._kept:
            write_private(self._path, self._envelope)
            self._kept = True

    def _judged(self, envelope: bytes, *, last: int) -> Manifest:
        manifest = judge_manifest(envelope, self._enrolment, last=last, read_item=self._reader.read)
        self._reader.keep(manifest)
        return manifest
