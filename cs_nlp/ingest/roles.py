"""Which role a label states. A role is read only where the label says so; the name of a person is no role."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from cs_nlp.ingest.values import split_words
from cs_nlp.records import Channel, Role, Transcript, Turn

_WORDS = {
    Role.AGENT: """
        agent|advisor|adviser|representative|rep|csr|associate|operator|specialist|consultant|employee|staff|clerk|support|helpdesk
        customer service|customer support|customer care|customer service representative|customer service agent|customer service rep
        customer support agent|support agent|service agent|call center agent|contact center agent|call agent|phone agent|sales agent
        service representative|sales representative|sales rep|service rep|support representative|technician|tech support|service desk
        human agent|live agent|supervisor
        berater|beraterin|mitarbeiter|mitarbeiterin|kundenberater|kundenberaterin|kundenservice|agentin
        conseiller|conseillère|agente|asesor|asesora|atendente|operatore|operatrice|medewerker
        상담사|상담원|오퍼레이터|オペレーター|オペレータ|担当者|客服|坐席|客服人员
    """,
    Role.CUSTOMER: """
        customer|caller|client|member|consumer|user|end user|visitor|guest|subscriber|policyholder|policy holder|patient|passenger|shopper
        buyer|cardholder|account holder|requester|requestor
        kunde|kundin|anrufer|anruferin|cliente|cliente final|klant|beller
        고객|고객님|お客様|お客さま|顧客|客户|顾客
    """,
    Role.BOT: """
        bot|chatbot|chat bot|voicebot|voice bot|ivr|virtual agent|virtual assistant|assistant|custom bot|ai|ai agent|ai assistant
        automated agent|acd|auto attendant|answer bot
    """,
    Role.SYSTEM: """
        system|narrator|notification|recording|automated message|system message
    """,
}
_ROLE_OF_LABEL = {word: role for role, words in _WORDS.items() for word in split_words(words, "|")}
_STRONG = frozenset(
    {
        "agent",
        "advisor",
        "adviser",
        "representative",
        "rep",
        "csr",
        "operator",
        "customer service",
        "customer support",
        "customer care",
        "support agent",
        "customer",
        "caller",
        "client",
        "member",
        "bot",
        "virtual agent",
        "virtual assistant",
    }
)
"""Labels that still state a role when a name, number or place stands beside them (`Agent Lisa`, `PA Agent`)."""

_LABEL_CHARS, _LABEL_WORDS = 120, 5
"""Longer ones are no labels."""
_NUMBER_AT_END = re.compile(r"[\s_#-]*\d+$")
_IN_BRACKETS = re.compile(r"[(\[]([^()\[\]]+)[)\]]")
_SPACES = re.compile(r"[\s_]+")


def role_of_label(label: str | None) -> Role:
    """The role that a speaker label states.

    Args:
        label: as the file gives it: `AGENT`, `Agent 1`, `Customer (Ann)`, `spk_0`, `Ann Lee`.

    Returns:
        The role, or `Role.UNKNOWN` where the label states none.
    """
    return _role_of_label(label) if label and len(label) <= _LABEL_CHARS else Role.UNKNOWN


@lru_cache(maxsize=4096)
def _role_of_label(label: str) -> Role:
    plain = _NUMBER_AT_END.sub("", _SPACES.sub(" ", label).strip(" *\"'.:-<>").casefold())
    if plain in _ROLE_OF_LABEL:
        return _ROLE_OF_LABEL[plain]
    for inside in _IN_BRACKETS.findall(plain):
        if inside.strip() in _ROLE_OF_LABEL:
            return _ROLE_OF_LABEL[inside.strip()]
    words = _IN_BRACKETS.sub(" ", plain).replace(",", " ").replace(" - ", " ").split()
    return _strong_part(words)


def _strong_part(words: list[str]) -> Role:
    """The role that the last words state (`Client Advisor` advises clients), else that the first words state."""
    if len(words) > _LABEL_WORDS:
        return Role.UNKNOWN
    for size in range(min(3, len(words)), 0, -1):
        for part in (" ".join(words[-size:]), " ".join(words[:size])):
            if part in _STRONG:
                return _ROLE_OF_LABEL[part]
    return Role.UNKNOWN


def is_machine_label(label: str) -> bool:
    """Whether a label is one that a machine gave (`spk_0`, `Speaker 2`, `A`, `ch_1`, `0`), so no name of a person."""
    return bool(re.fullmatch(r"(?i)(spk|speaker|ch|channel|s|unknown)?[ _-]*(\d{1,3}|[a-z])?", label.strip())) and bool(label.strip())


def with_staff_roles(transcript: Transcript) -> Transcript:
    """The transcript with the roles that its metadata states, where its turns state none.

    Among staff everyone who speaks is of the staff; and the speaker whom the metadata names as the agent is the agent.
    """
    among_staff = transcript.channel is Channel.TEAM_CHAT
    agent = (transcript.agent or "").strip().casefold()
    if not among_staff and not agent:
        return transcript

    def is_staff(turn: Turn) -> bool:
        return turn.role is Role.UNKNOWN and (among_staff or (turn.speaker or "").strip().casefold() == agent)

    turns = tuple(replace(turn, role=Role.AGENT) if is_staff(turn) else turn for turn in transcript.turns)
    return replace(transcript, turns=turns)
