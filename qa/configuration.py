"""Settings from the environment, read once, at the entry points."""

from pathlib import Path
from typing import Any

from pydantic_settings import BaseSettings, SettingsConfigDict

from index.settings import EmbeddingSettings, IndexSettings, LoadingSettings, SplittingSettings
from qa.settings import (
    AnsweringSettings,
    ExtractiveSettings,
    FollowUpSettings,
    GenerativeSettings,
    QaSettings,
    ReaderSettings,
    RetrievalSettings,
    SentenceRuleSettings,
    SessionSettings,
)


class Configuration(BaseSettings):
    """Every setting, as CUTTINGS_LIBRARY or nested, as CUTTINGS_ANSWERING__THRESHOLD."""

    model_config = SettingsConfigDict(
        env_prefix="CUTTINGS_", env_nested_delimiter="__", frozen=True, extra="forbid"
    )

    library: Path | None = None
    embedding: EmbeddingSettings = EmbeddingSettings()
    loading: LoadingSettings = LoadingSettings()
    splitting: SplittingSettings = SplittingSettings()
    retrieval: RetrievalSettings = RetrievalSettings()
    sentence_rule: SentenceRuleSettings = SentenceRuleSettings()
    reader: ReaderSettings = ReaderSettings()
    extractive: ExtractiveSettings = ExtractiveSettings()
    answering: AnsweringSettings = AnsweringSettings()
    generative: GenerativeSettings = GenerativeSettings()
    follow_ups: FollowUpSettings = FollowUpSettings()
    sessions: SessionSettings = SessionSettings()

    def index(self, library: str | None = None) -> IndexSettings:
        """Return the settings for articles; `library` wins over the environment."""
        chosen: dict[str, Any] = {}
        if folder := library or self.library:
            chosen["library"] = Path(folder).expanduser()
        return IndexSettings(
            embedding=self.embedding, loading=self.loading, splitting=self.splitting, **chosen
        )

    def qa(self) -> QaSettings:
        """Return the settings for questions."""
        return QaSettings(
            retrieval=self.retrieval,
            sentence_rule=self.sentence_rule,
            reader=self.reader,
            extractive=self.extractive,
            answering=self.answering,
            generative=self.generative,
            follow_ups=self.follow_ups,
        )
