"""Opens the chat model that is named, with whatever LangChain can reach."""

import os
import re
import warnings
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from qa.errors import ChatModelError
from qa.settings import GenerativeSettings

KEYS = {
    "anthropic": ("ANTHROPIC_API_KEY",),
    "cohere": ("COHERE_API_KEY",),
    "deepseek": ("DEEPSEEK_API_KEY",),
    "fireworks": ("FIREWORKS_API_KEY",),
    "google_genai": ("GOOGLE_API_KEY", "GEMINI_API_KEY"),
    "groq": ("GROQ_API_KEY",),
    "mistralai": ("MISTRAL_API_KEY",),
    "nvidia": ("NVIDIA_API_KEY",),
    "openai": ("OPENAI_API_KEY",),
    "openrouter": ("OPENROUTER_API_KEY",),
    "perplexity": ("PPLX_API_KEY", "PERPLEXITY_API_KEY"),
    "together": ("TOGETHER_API_KEY",),
    "xai": ("XAI_API_KEY",),
}
"""Where each provider's package looks for its key; some of them only when first asked."""
INSTALL = re.compile(r"pip install (?:-U )?([\w-]+)")
EXAMPLE = "openai:gpt-4o-mini or ollama:llama3.2"


class ChatModel(Protocol):
    """The part of LangChain's chat models that is needed."""

    def stream(self, input: Any, /) -> Iterator[Any]:  # noqa: A002 - LangChain's name
        """Yield chunks, whose `text` joined is the reply to a list of (role, text)."""
        ...


def open_chat_model(
    settings: GenerativeSettings, *, environment: Mapping[str, str] = os.environ
) -> ChatModel:
    """Return the model; raises ChatModelError where its name, package or key is missing."""
    provider, colon, name = (settings.model or "").partition(":")
    if not (provider and colon and name):
        raise ChatModelError(
            f"the model {settings.model!r} names no provider; write provider:name, "
            f"for example {EXAMPLE}"
        )
    provider = provider.replace("-", "_").lower()
    try:
        model = _opened(provider, name, settings)
    except ImportError as error:
        found = INSTALL.search(str(error))
        package = found[1] if found else f"langchain-{provider.replace('_', '-')}"
        raise ChatModelError(
            f"the model {settings.model} needs a package; install it with: pip install {package}"
        ) from None
    except Exception as error:  # whatever a provider's package raises for what it is given
        _check_key(provider, settings, environment)
        if "Unsupported provider" in str(error):
            raise ChatModelError(
                f"LangChain knows no provider {provider!r}; write provider:name, "
                f"for example {EXAMPLE}"
            ) from None
        raise ChatModelError(
            f"the model {settings.model} could not be opened ({type(error).__name__}); "
            "check its name and its provider's settings"
        ) from error
    _check_key(provider, settings, environment)
    return model


def _opened(provider: str, name: str, settings: GenerativeSettings) -> ChatModel:
    from langchain.chat_models import init_chat_model

    options: dict[str, Any] = {"timeout": settings.timeout_seconds, "max_retries": 0}
    if settings.temperature is not None:
        options["temperature"] = settings.temperature
    if settings.base_url:
        options["base_url"] = settings.base_url
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model: ChatModel = init_chat_model(name, model_provider=provider, **options)
    return model


def _check_key(provider: str, settings: GenerativeSettings, environment: Mapping[str, str]) -> None:
    keys = KEYS.get(provider, ())
    if keys and not any(environment.get(key) for key in keys):
        raise ChatModelError(
            f"the model {settings.model} needs a key; set {' or '.join(keys)} "
            "(to anything, where your own server needs none)"
        )
