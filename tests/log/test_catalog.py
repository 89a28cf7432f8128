"""The action catalogue: every action of the service has words, an unknown one its code."""

import pytest

from mylla_audit_desktop.log.catalog import ActionCatalog, parse_catalog
from mylla_audit_desktop.resources import resource_path

ACTIONS_BY_CATEGORY = {
    "Agents": "agent.create agent.update agent.delete agent.edit_instructions agent.change_status",
    "Numbers": "number.purchase number.import number.assign number.release",
    "Team": "team.invite team.change_role team.remove",
    "Integrations": "integration.connect integration.disconnect integration.assign",
    "Settings": (
        "settings.update_business settings.change_retention settings.update_notifications"
    ),
    "Billing": ("billing.upgrade_plan billing.downgrade_plan billing.change_payment_method"),
    "Requests": "request.change_status request.assign",
    "Data": "data.request_export data.request_bulk_delete",
}


@pytest.fixture(scope="module")
def catalog() -> ActionCatalog:
    return parse_catalog(resource_path("actions.toml").read_text(encoding="utf-8"))


def test_every_action_of_the_service_is_there_in_its_category(catalog: ActionCatalog) -> None:
    found = {c.name: " ".join(a.name for a in c.actions) for c in catalog.categories}
    assert found == ACTIONS_BY_CATEGORY
    assert " ".join(catalog.names()) == " ".join(ACTIONS_BY_CATEGORY.values())


def test_patterns_name_each_category_once(catalog: ActionCatalog) -> None:
    assert catalog.patterns() == (
        "agent.*",
        "number.*",
        "team.*",
        "integration.*",
        "settings.*",
        "billing.*",
        "request.*",
        "data.*",
    )


@pytest.mark.parametrize(
    ("action", "label"),
    [
        ("agent.edit_instructions", "Instructions edited"),
        ("number.release", "Number released"),
        ("agent.archive", "agent.archive"),
        ("Agent.update", "Agent.update"),
        ("", ""),
    ],
)
def test_an_action_has_a_label(catalog: ActionCatalog, action: str, label: str) -> None:
    assert catalog.label_of(action) == label


def test_labels_are_sentence_case_and_told_apart(catalog: ActionCatalog) -> None:
    labels = [catalog.label_of(name) for name in catalog.names()]
    assert len(set(labels)) == len(labels)
    for label in labels:
        assert label[0].isupper()
        assert not label.endswith(".")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("not toml", "Expected"),
        ("", "lacks the key 'category'"),
        ('[[category]]\nname = "A"\nprefix = "a"\n', "lacks the key 'actions'"),
        (
            '[[category]]\nname = "A"\nprefix = "a"\n[category.actions]\n"b.c" = "C"\n',
            "b.c stands under the prefix a",
        ),
        ('[[category]]\nname = "A"\nprefix = "a"\nactions = {}\n' * 2, "a prefix twice"),
    ],
)
def test_a_broken_catalogue_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        parse_catalog(text)
