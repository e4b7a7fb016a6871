"""What a member wrote on practices, for them to take along."""

from cop.members.own_data import Room, Rows, exports
from cop.platform.i18n import lazy as _l
from cop.practices.models import (
    Practice,
    PracticeComparison,
    PracticeEditor,
    PracticeExperience,
    PracticeRevision,
    PracticeUse,
)

exports(
    Room(
        "practices",
        _l("Practice"),
        [
            Rows(
                "begun",
                _l("Practices that you began"),
                [Practice.started_by_id],
                [
                    # Not the title: others may have written it. One's own stands in `versions`.
                    *(Practice.id, Practice.state, Practice.kind),
                    *(Practice.created_at, Practice.published_at),
                ],
                under=Practice.started_by_id,
            ),
            Rows(
                "contact_of",
                _l("Practices of which you are the contact"),
                [Practice.contact_id],
                [Practice.id],
                under=Practice.contact_id,
            ),
            Rows(
                "wrote_along",
                _l("Practices that you write along with"),
                [PracticeEditor.persona_id],
                [
                    *(PracticeEditor.practice_id, PracticeEditor.asked_at),
                    *(PracticeEditor.accepted_at, PracticeEditor.named_to_visitors),
                ],
                under=PracticeEditor.persona_id,
            ),
            Rows(
                "versions",
                _l("Versions that you saved"),
                [PracticeRevision.by_id],
                [
                    *(PracticeRevision.practice_id, PracticeRevision.section),
                    *(PracticeRevision.version, PracticeRevision.source, PracticeRevision.at),
                ],
                under=PracticeRevision.by_id,
            ),
            Rows(
                "experiences",
                _l("What worked with you and what did not"),
                [PracticeExperience.persona_id],
                [
                    *(PracticeExperience.practice_id, PracticeExperience.verdict),
                    *(PracticeExperience.context, PracticeExperience.result),
                    *(PracticeExperience.words, PracticeExperience.at),
                ],
                under=PracticeExperience.persona_id,
            ),
            Rows(
                "compared",
                _l("How you compared your way of working"),
                [PracticeComparison.persona_id],
                [
                    *(PracticeComparison.practice_id, PracticeComparison.points),
                    *(PracticeComparison.shared_at, PracticeComparison.changed_at),
                ],
                under=PracticeComparison.persona_id,
            ),
            Rows(
                "uses",
                _l("What you said that your institution uses"),
                [PracticeUse.persona_id],
                [PracticeUse.practice_id, PracticeUse.since],
                under=PracticeUse.persona_id,
            ),
        ],
        left={
            "practice_editor.asked_by_id": "who asked is somebody else",
            "practice_section.opened_by_id": "who has a section open now; gone in minutes",
        },
    )
)
