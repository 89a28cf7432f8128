"""The form below a finding says once why nothing can be decided."""

from pytestqt.qtbot import QtBot

from mylla_audit_desktop.desktop.review.decision_form import DecisionForm, Permission
from mylla_audit_desktop.review.decision import Verdict

WHY = "log.sqlite holds decisions and cannot be written."


def test_a_refusal_that_is_asked_for_by_its_key_is_said_once(qtbot: QtBot) -> None:
    form = DecisionForm()
    qtbot.add_widget(form)
    form.permit(Permission(("f1",), WHY, WHY))
    assert (form.message.text(), form.hint.text()) == ("", WHY)
    form.decide(Verdict.EXPECTED)
    assert (form.message.text(), form.hint.text()) == (WHY, "")
    # Another finding: nothing was asked of it yet.
    form.permit(Permission(("f2",), WHY, WHY))
    assert (form.message.text(), form.hint.text()) == ("", WHY)
