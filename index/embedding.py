"""The embedding model behind LangChain's `Embeddings` interface."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from langchain_core.embeddings import Embeddings

from index import calibration, model_files
from index.encoders import Encoder, Vectors
from index.settings import EmbeddingSettings

QUESTION_RUNTIMES = ("onnx-int8", "onnx-fp32")
"""What needs no torch: importing it takes longer than answering."""


@dataclass(frozen=True, slots=True)
class EmbedderIdentity:
    """What must be the same for vectors to be comparable."""

    name: str
    dimension: int
    sha256: str


class CuttingsEmbeddings(Embeddings):
    """Unit vectors, cosine in [-1, 1]; nothing is loaded or measured before the first text.

    Passages are embedded by the runtime that was measured fastest on this machine, questions by
    the faster one of those that need no torch.
    """

    def __init__(
        self,
        settings: EmbeddingSettings | None = None,
        *,
        notify: Callable[[str], None] | None = None,
    ) -> None:
        self._settings = settings or EmbeddingSettings()
        self._notify = notify or (lambda _: None)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return one unit vector per text, as LangChain asks for it."""
        rows: list[list[float]] = self.embed_passages(texts).tolist()
        return rows

    def embed_query(self, text: str) -> list[float]:
        """Return the unit vector of a question, as LangChain asks for it."""
        row: list[float] = self.embed_questions([text])[0].tolist()
        return row

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Return unit rows, float32, (texts, dimension), in order; longer texts are truncated."""
        return self._passage_encoder.encode(texts)

    def embed_questions(self, texts: Sequence[str]) -> Vectors:
        """Return unit rows as `embed_passages` does, by the runtime that is quick to start."""
        return self._question_encoder.encode(texts)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return each text's number of tokens, without the start and end marks."""
        encoded = self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        return [len(one) for one in encoded]

    @cached_property
    def identity(self) -> EmbedderIdentity:
        """Name, dimension and hash of the model; reads only its small files."""
        import orjson

        config = orjson.loads((self.files.folder / "config.json").read_bytes())
        return EmbedderIdentity(self.files.name, int(config["hidden_size"]), self.files.sha256)

    @cached_property
    def files(self) -> model_files.ModelFiles:
        """The model's files; raises EmbedderError where they are missing or altered."""
        return model_files.locate(self._settings)

    @cached_property
    def passage_runtime(self) -> str:
        """The runtime for passages: as set, else the fastest measured on this machine."""
        if self._settings.runtime != "auto":
            return self._settings.runtime
        if not self.files.is_shipped:
            return "torch-fp32"
        if not calibration.is_measured(self.files):
            self._notify("Measuring how this machine embeds fastest (once, about a minute)…")
        return calibration.fastest_runtime(self.files)

    @cached_property
    def question_runtime(self) -> str:
        """The runtime for questions."""
        if not self.files.is_shipped:
            return "torch-fp32"
        if self._settings.runtime in QUESTION_RUNTIMES:
            return self._settings.runtime
        if not calibration.is_measured(self.files):
            return "onnx-int8"
        return calibration.fastest_runtime(self.files, among=QUESTION_RUNTIMES)

    @property
    def onnx_runtime(self) -> str:
        """The faster runtime of those without torch, for other small models as well."""
        runtime = self.question_runtime
        return runtime if runtime in QUESTION_RUNTIMES else QUESTION_RUNTIMES[0]

    @cached_property
    def lean(self) -> "CuttingsEmbeddings":
        """The same embedder, with passages embedded by the loaded runtime for questions.

        What a server embeds in: torch would double its memory, and another session add to it.
        """
        settings = self._settings.model_copy(update={"runtime": self.question_runtime})
        lean = CuttingsEmbeddings(settings, notify=self._notify)
        shared = {"files": self.files, "_question_encoder": self._question_encoder}
        vars(lean).update(shared, _tokenizer=self._tokenizer)
        return lean

    @cached_property
    def _passage_encoder(self) -> Encoder:
        if self.passage_runtime == self.question_runtime:
            return self._question_encoder
        return calibration.load_encoder(self.files, self.passage_runtime)

    @cached_property
    def _question_encoder(self) -> Encoder:
        return calibration.load_encoder(self.files, self.question_runtime)

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(self.files.tokenizer))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return tokenizer
