"""What can be set about the HTTP door."""

from pydantic import BaseModel, ConfigDict, Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class ApiSettings(BaseModel):
    """Limits that keep one client from taking the service from the others."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_body_bytes: int = Field(default=10_000_000, ge=1)
    """Beyond it 413; one article of the longest kind is 1 MB."""
    body_seconds: float = Field(default=20.0, gt=0)
    """For a body to arrive; beyond it 408."""
    concurrent_questions: int = Field(default=2, ge=1)
    """Answered at once; each uses all cores for most of its time."""
    waiting_questions: int = Field(default=256, ge=0)
    """Beyond them 503; half of the connections that the server takes."""
    question_seconds: float = Field(default=60.0, gt=0)
    """For a question to get its turn; beyond it 503."""
    heartbeat_seconds: float = Field(default=15.0, gt=0)
    """Between the comments that keep a stream open while nothing else is said; proxies close what
    is silent for 30 to 60 s."""
    allowed_hosts: tuple[str, ...] = ()
    """Names, lower case and without port, that requests may call the server by; with none set, a
    server that listens for this machine alone answers to this machine's own, any other to all."""
    max_nesting: int = Field(default=50, ge=2)
    """Depth of JSON; beyond it 422."""


class ApiConfiguration(BaseSettings):
    """The door's settings from the environment, as CUTTINGS_API__MAX_BODY_BYTES."""

    model_config = SettingsConfigDict(
        env_prefix="CUTTINGS_", env_nested_delimiter="__", frozen=True, extra="forbid"
    )

    api: ApiSettings = ApiSettings()
