"""What can be set about indexing, each with its unit and the reason for its default."""

from pathlib import Path
from typing import Literal

import platformdirs
from pydantic import BaseModel, ConfigDict, Field

Runtime = Literal["auto", "onnx-int8", "onnx-fp32", "torch-bf16", "torch-fp32"]


def default_library_folder() -> Path:
    """Return the folder of the library that is used when none is named."""
    return Path(platformdirs.user_data_dir("cuttings", appauthor=False)) / "library"


def default_cache_folder() -> Path:
    """Return the folder for files that can be made again, such as exported models."""
    return Path(platformdirs.user_cache_dir("cuttings", appauthor=False))


class EmbeddingSettings(BaseModel):
    """Which model embeds, and how it is run."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str = "all-MiniLM-L6-v2"
    """The shipped model, or the folder of another sentence-transformers model."""
    runtime: Runtime = "auto"
    """How passages are embedded; auto measures once per machine, as the fastest differs
    eightfold between processors. All runtimes give vectors of one model."""
    cache_folder: Path = Field(default_factory=default_cache_folder)


class LoadingSettings(BaseModel):
    """What is accepted as an article, and how much of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_file_bytes: int = Field(default=50_000_000, ge=1)
    """For files that hold one article; a book is 1 MB of text, a scanned page 1 MB."""
    max_collection_bytes: int = Field(default=500_000_000, ge=1)
    """For a .json file, which is read whole; .jsonl and .csv are streamed and not limited."""
    max_article_chars: int = Field(default=1_000_000, ge=1)
    """The longest roundups in collections of news are near 100,000 characters."""
    parse_seconds: float = Field(default=60.0, gt=0)
    """For one PDF or HTML file; a file that takes longer is skipped and named."""


class SplittingSettings(BaseModel):
    """How an article is cut into passages."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_passage_tokens: int = Field(default=256, ge=32)
    """The embedder's own tokens, title and date header included; it reads no more than 256."""
    overlap_sentences: int = Field(default=0, ge=0)
    """Sentences repeated at the start of the next passage."""


class IndexSettings(BaseModel):
    """All settings of this package."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    library: Path = Field(default_factory=default_library_folder)
    embedding: EmbeddingSettings = EmbeddingSettings()
    loading: LoadingSettings = LoadingSettings()
    splitting: SplittingSettings = SplittingSettings()
