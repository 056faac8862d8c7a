"""What can be set from outside: environment variables with the prefix CS_NLP_. Read by the command line, the service and notebooks only."""

from __future__ import annotations

from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from cs_nlp.errors import InputError


class Settings(BaseSettings):
    """All settings, each with its default."""

    model_config = SettingsConfigDict(env_prefix="CS_NLP_", frozen=True)

    model: Annotated[str, Field(description="The model to score with: a folder, a name, or `live` for the one promoted in `models/`.")] = (
        "live"
    )
    threads: Annotated[int, Field(ge=0, description="Processor threads for scoring; 0 for all.")] = 0
    time_zone: Annotated[str, Field(description="Zone of days, weeks and months, and of times that carry no zone.")] = "UTC"
    smallest_group: Annotated[int, Field(ge=1, description="Signals of fewer people or transcripts are withheld.")] = 5
    seed: Annotated[int, Field(ge=0, description="Of the resampling behind the intervals.")] = 0
    database: Annotated[str, Field(description="Where transcripts are stored: a file (SQLite), or postgresql://user@host/name.")] = (
        "cs_nlp.db"
    )
    organisation: Annotated[str, Field(min_length=1, description="Whose transcripts are stored; pseudonyms are made with this name.")] = (
        "default"
    )
    secret: Annotated[
        SecretStr, Field(description="Makes pseudonyms, 16 bytes or more; empty: made once, in a file beside the database.")
    ] = SecretStr("")
    keep_text: Annotated[
        Literal["signals", "all", "none"],
        Field(description="Of which statements the redacted text is kept: `signals` (those with a culture), `all` or `none`."),
    ] = "signals"
    retention_days: Annotated[int, Field(ge=0, description="`cs-nlp prune` erases transcripts that are older; 0 for none.")] = 0
    host: Annotated[str, Field(min_length=1, description="Address on which the service listens.")] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535, description="Port on which the service listens; 0 for any free one.")] = 8000
    score_inside: Annotated[
        bool, Field(description="The service scores what waits itself; false where `cs-nlp worker` processes do it.")
    ] = True
    rate: Annotated[float, Field(gt=0, description="Requests a second that one key may make; twice as many at once.")] = 100.0
    body_mb: Annotated[int, Field(ge=1, le=1024, description="Largest body of a request, in megabytes.")] = 16
    batch_mb: Annotated[int, Field(ge=1, le=1024, description="Largest body of `POST /v1/batches`, in megabytes.")] = 64
    queue: Annotated[int, Field(ge=1, description="From so many waiting transcripts on, the service takes no more (503).")] = 50_000
    lease_s: Annotated[int, Field(ge=1, description="Seconds after which others take up what a killed worker held.")] = 300
    private_webhooks: Annotated[
        bool, Field(description="Webhooks may lead to private addresses and plain http; else only to public ones by https.")
    ] = False

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"{value!r} is no time zone; expected an IANA name such as Europe/Berlin") from error
        return value


def read_settings() -> Settings:
    """The settings, from the environment.

    Raises:
        InputError: a variable is wrong; all that are wrong are listed.
    """
    try:
        return Settings()
    except ValidationError as error:
        faults = "; ".join(f"CS_NLP_{str(fault['loc'][0]).upper()}: {fault['msg']}" for fault in error.errors())
        raise InputError(f"settings: {faults}") from error
