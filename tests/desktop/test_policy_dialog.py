"""The policy's editor as its user sees it: marked in words, previewed, saved as a version."""

from dataclasses import replace

import pytest
from hypothesis import given
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from mylla_audit_desktop.desktop.review.page import ReviewPage
from mylla_audit_desktop.desktop.review.policy_dialog import PolicyDialog
from mylla_audit_desktop.desktop.review.policy_draft import ActorDraft, draft_of, draft_to_toml
from mylla_audit_desktop.log.errors import InputError
from mylla_audit_desktop.review.policy import ActorPolicy, Policy
from mylla_audit_desktop.review.policy_file import parse_policy
from tests.desktop.reviewing import PATIENCE, Office, Start, opened
from tests.review.test_policy import POLICIES


def editor(qtbot: QtBot, page: ReviewPage) -> PolicyDialog:
    """The dialog, once it has checked what it shows."""
    page.side.edit_policy.click()
    dialog = page.findChild(PolicyDialog)
    assert dialog is not None
    previewed(qtbot, dialog)
    qtbot.wait_until(lambda: len(dialog.versions.menu().actions()) > 1, timeout=PATIENCE)
    return dialog


def previewed(qtbot: QtBot, dialog: PolicyDialog) -> None:
    qtbot.wait_until(lambda: "This policy gives" in dialog.check.effect.text(), timeout=PATIENCE)


@given(POLICIES.filter(lambda policy: "" not in policy.actors))
def test_every_policy_passes_through_the_fields_unchanged(policy: Policy) -> None:
    assert parse_policy(draft_to_toml(draft_of(policy))) == policy


def test_no_holidays_for_one_member_is_not_as_for_everybody() -> None:
    policy = Policy(holidays="DE", actors={"usr_1": ActorPolicy(holidays="")})
    draft = draft_of(policy)
    assert draft.actors == (ActorDraft("usr_1", holidays="none"),)
    assert parse_policy(draft_to_toml(draft)) == policy


def test_two_exceptions_for_one_member_are_told() -> None:
    draft = replace(draft_of(Policy()), actors=(ActorDraft("usr_1"), ActorDraft("usr_1")))
    with pytest.raises(InputError, match="two exceptions for usr_1"):
        draft_to_toml(draft)


def test_the_effect_is_told_before_saving_and_the_findings_follow(
    qtbot: QtBot,
    start: Start,
    office: Office,
) -> None:
    page = opened(qtbot, start, office)
    dialog = editor(qtbot, page)
    assert dialog.check.effect.text() == (
        "This policy gives 6 findings in the period, the present one 6."
    )
    assert not dialog.save.isEnabled()
    assert dialog.save.accessibleDescription() == "Nothing is changed."
    saturday = [field for field in dialog.fields.week.findChildren(type(dialog.fields.zone))
                if field.accessibleName().startswith("Saturday")]  # fmt: skip
    for field, text in zip(saturday, ("09:00", "22:00"), strict=True):
        field.setFocus()
        QTest.keyClicks(field, text)
    qtbot.wait_until(lambda: "gives 4 findings" in dialog.check.effect.text(), timeout=PATIENCE)
    qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    qtbot.wait_until(lambda: "4 findings" in page.head.progress.text(), timeout=PATIENCE)
    assert page.side.policy_title.text() == "Policy · version 2"
    assert "Sat 09:00-22:00" in page.side.policy.text()


def test_what_is_wrong_is_marked_at_its_field(
    qtbot: QtBot,
    start: Start,
    small: Office,
) -> None:
    dialog = editor(qtbot, opened(qtbot, start, small))
    dialog.fields.zone.selectAll()
    QTest.keyClicks(dialog.fields.zone, "Europe/Berln")
    qtbot.wait_until(
        lambda: "Time zone: 'Europe/Berln' is not known" in dialog.message.text(),
        timeout=PATIENCE,
    )
    assert "is not known" in dialog.fields.zone.accessibleDescription()
    assert not dialog.save.isEnabled()
    dialog.fields.zone.selectAll()
    QTest.keyClicks(dialog.fields.zone, "Europe/Berlin")
    previewed(qtbot, dialog)
    assert dialog.fields.zone.accessibleDescription() == ""
    QTest.keyClicks(dialog.fields.holidays, "XX")
    qtbot.wait_until(lambda: "no holidays for" in dialog.message.text(), timeout=PATIENCE)
    assert dialog.message.text().endswith("such as DE-BE; leave it empty for none.")
    assert '"' not in dialog.message.text(), "no value of TOML"
    dialog.fields.holidays.selectAll()
    QTest.keyClick(dialog.fields.holidays, Qt.Key.Key_Delete)
    previewed(qtbot, dialog)
    dialog.exceptions.add.click()
    QTest.keyClicks(dialog.exceptions.member, "usr_1")
    QTest.keyClicks(dialog.exceptions.holidays, "XX")
    qtbot.wait_until(lambda: "no holidays for 'XX'" in dialog.message.text(), timeout=PATIENCE)
    assert "no holidays" in dialog.exceptions.holidays.accessibleDescription()
    assert dialog.message.text().startswith("usr_1, holidays: "), "no key of TOML"
    assert dialog.message.text().endswith("leave it empty for everybody's, or write none.")
    dialog.exceptions.holidays.clear()
    QTest.keyClicks(dialog.exceptions.holidays, "DE-BE")
    previewed(qtbot, dialog)
    dialog.exceptions.own_hours.click()
    previewed(qtbot, dialog)
    assert dialog.draft().actors[0].week is not None
    fields = {one.accessibleName(): one for one in dialog.exceptions.findChildren(QLineEdit)}
    for day in ("Monday", "Tuesday", "Wednesday"):
        for side, hour in (("start", "22:00"), ("end", "06:00")):
            QTest.keyClicks(fields[f"Exception {day} {side}"], hour)
    hours = dialog.exceptions.table.model().index(0, 3)
    assert hours.data() == "Mon-Wed 22:00-06:00"
    # Enter is Save, which waits for the check of what was typed, and nothing else.
    dialog.tabs.setCurrentIndex(1)
    assert not dialog.save.isEnabled()
    QTest.keyClick(dialog.exceptions.holidays, Qt.Key.Key_Return)
    assert len(dialog.exceptions.actors()) == 1
    assert dialog.save.isDefault()
    previewed(qtbot, dialog)
    dialog.fields.holidays.setFocus()
    QTest.keyClicks(dialog.fields.holidays, "DE-BE")
    qtbot.wait_until(
        lambda: dialog.fields.next_holidays.text().startswith("Next: "), timeout=PATIENCE
    )
    dialog.reject()


def test_a_version_saved_meanwhile_is_told_and_nothing_is_lost(
    qtbot: QtBot,
    start: Start,
    small: Office,
) -> None:
    page = opened(qtbot, start, small)
    page.follow_timer.stop()
    dialog = editor(qtbot, page)
    small.set_policy('time_zone = "UTC"\nsession_gap_minutes = 5\n')
    dialog.fields.gap.setValue(30)
    previewed(qtbot, dialog)
    qtbot.wait_until(dialog.save.isEnabled, timeout=PATIENCE)
    dialog.save.click()
    qtbot.wait_until(
        lambda: "saved policy version 2 meanwhile" in dialog.message.text(), timeout=PATIENCE
    )
    assert dialog.fields.gap.value() == 30
    qtbot.wait_until(lambda: len(dialog.versions.menu().actions()) == 3, timeout=PATIENCE)
    dialog.save.click()
    qtbot.wait_until(
        lambda: page.side.policy_title.text() == "Policy · version 3", timeout=PATIENCE
    )
