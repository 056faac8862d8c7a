"""Webhooks and their deliveries."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from cs_nlp.pipeline.events import EVENTS
from cs_nlp.store import Delivery, Webhook
from service.schemas.base import Incoming, Outgoing, Text

EventName = Annotated[
    str, Field(pattern=f"^({'|'.join(one.replace('.', '[.]') for one in EVENTS)})$", json_schema_extra={"enum": list(EVENTS)})
]


class WebhookIn(Incoming):
    """Where events are to be sent."""

    url: Annotated[Text, Field(min_length=8, max_length=2000, examples=["https://platform.example/hooks/culture"])]
    events: Annotated[list[EventName], Field(min_length=1, max_length=len(EVENTS))]


class WebhookOut(Outgoing):
    """Where events are sent."""

    id: Annotated[str, Field(examples=["wh_9Jc6yTFz1nQxkW0b"])]
    url: str
    events: list[str]
    created_at: datetime
    disabled_at: Annotated[datetime | None, Field(description="Since when nothing is sent.")]

    @classmethod
    def of(cls, one: Webhook) -> WebhookOut:
        """From the record."""
        return cls(id=one.uid, url=one.url, events=list(one.events), created_at=one.created_at, disabled_at=one.disabled_at)


class WebhookMade(WebhookOut):
    """A webhook with its secret, which is shown this once."""

    secret: Annotated[str, Field(description="Deliveries are signed with it as in Standard Webhooks.")]

    @classmethod
    def with_secret(cls, one: Webhook) -> WebhookMade:
        """From the record."""
        return cls(**WebhookOut.of(one).model_dump(), secret=one.secrets[0])


class DeliveryOut(Outgoing):
    """An event on its way, or at the end of it."""

    id: str
    webhook: str
    event: str
    payload: dict[str, Any]
    state: Literal["pending", "delivered", "dead"]
    attempts: int
    status: Annotated[int | None, Field(description="Of the last answer.")]
    error: Annotated[str | None, Field(description="Why the last attempt failed.")]
    created_at: datetime

    @classmethod
    def of(cls, one: Delivery) -> DeliveryOut:
        """From the record."""
        return cls(
            id=one.uid,
            webhook=one.webhook.uid,
            event=one.event,
            payload=dict(one.payload),
            state=one.state,  # type: ignore[arg-type]  # the table holds no other
            attempts=one.attempts,
            status=one.status,
            error=one.error,
            created_at=one.created_at,
        )
