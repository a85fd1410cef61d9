"""How a bulletin sounds: the part of its page that tells it, and the fields of the editor that choose it."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext

from content import bulletins as desk
from content.models.bulletin import Bulletin, Revision, RevisionState
from content.models.people import Role
from web import clips, context, forms, recorded, stretches, voicing
from web.spoken import Said
from web.stretches import Stretch

NEXT_SECONDS = {"waiting": 1, "rendering": 1, "ready": 10}
_SELDOM = 5


def panel(found: Bulletin) -> dict[str, Any]:
    """Return what the template office/clip.html tells: the clip, who may speak, what the person may do."""
    session, rights, latest = context.session(), context.rights(), found.latest
    clip, recording = clips.state_of(session, latest), recorded.of_revision(session, latest)
    choice = voicing.choice_of(session, latest, context.house(), rights.tree)
    return {
        "bulletin": found,
        "revision": latest,
        "recorded": recording,
        "clip": clip,
        "choice": choice,
        "clip_estimate": clips.Estimate(recording.duration_ms * latest.repeat)
        if recording
        else clips.estimated(
            latest.spoken, choice.voices, repeat=latest.repeat, lead=voicing.lead_of(session, latest)
        ),
        "next_seconds": NEXT_SECONDS.get(clip.state, _SELDOM),
        "deciding": may_decide(found),
        "saved_words": stretches.of_spoken(latest.spoken),
        "may_write": rights.may(Role.OFFICE, found.unit_id) and found.recalled_at is None,
    }


def may_decide(found: Bulletin) -> bool:
    """Tell whether the person may approve the bulletin as it stands."""
    return (
        found.latest.state == RevisionState.SUBMITTED
        and found.recalled_at is None
        and context.rights().may(Role.APPROVER, found.unit_id)
        and not is_own_work(found)
    )


def is_own_work(found: Bulletin) -> bool:
    """Tell whether the person wrote or corrected the bulletin, where that bars him from approving it."""
    wrote = context.person().id in desk.authors_of(context.session(), found.id)
    return wrote and not found.unit.self_approval


def linked(latest: Revision, said: Said) -> dict[str, Any]:
    """Return the words as written and as said, cut where the clip is cut.

    Written words are cut only while the text is still read as it was: else nobody can say which go together.
    """
    same = said.reading.spoken == latest.spoken
    written = stretches.of_written(said.reading) if same else [Stretch(latest.text, None)]
    return {"written_words": written, "spoken_words": stretches.of_spoken(latest.spoken)}


def typed_of(latest: Revision) -> dict[str, str]:
    """Return the form's fields that say how a revision is to sound."""
    return {
        "voice": latest.voice or "",
        "repeat": str(latest.repeat),
        "internal": "1" if latest.internal else "",
        "recording": latest.recording_sha256 or "",
    }


def sent(form: forms.Form) -> dict[str, Any]:
    """Return what the form says of the sound, as a Draft takes it; InvalidInputError names the field."""
    voice = forms.text(form, "voice")
    return {
        "voice": context.house().voices.get(voice).name if voice else None,
        "repeat": forms.number(form, "repeat", what=gettext("Số lần đọc")) if form.get("repeat") else 1,
        "internal": bool(form.get("internal")),
        "recording_sha256": forms.text(form, "recording") or None,
    }


def options() -> list[tuple[str, str]]:
    """Return (name, words) of the voices to choose from, the settings' own order first."""
    house = context.house()
    first = gettext(house.voices.get(house.voices.names[0]).title).split(" (")[0]
    order = gettext("Theo thứ tự ở đây: %(first)s trước", first=first)
    return [("", order), *((voice.name, gettext(voice.title)) for voice in house.voices)]


def repeats(form: forms.Form) -> int:
    """Return how often the words in a form are to be said; 1 for what is no such number."""
    return min(max(forms.maybe_number(form, "repeat"), 1), desk.MOST_REPEATS)


def recording_limits() -> dict[str, int]:
    """Return what an uploaded recording may have at most: `mb`, `bytes`, `minutes`."""
    settings = context.house().settings
    return {
        "mb": settings.upload_mb,
        "bytes": context.house().recordings.most_bytes,
        "minutes": settings.recording_minutes,
    }


def choice_typed(form: forms.Form, said: Said) -> voicing.Choice:
    """Return who may speak what stands in a form."""
    house = context.house()
    return voicing.choice(
        house, wanted=form.get("voice"), internal=bool(form.get("internal")), personal=said.personal
    )
