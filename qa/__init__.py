"""Questions in, cited answers out.

`qa.Cuttings` is the Python interface; LangChain programs may take
`qa.langchain_retriever.CuttingsRetriever` or `qa.langchain_runnable.CuttingsRunnable`.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qa.interface import Cuttings

__all__ = ["Cuttings"]


def __getattr__(name: str) -> Any:
    """Import the interface only where it is asked for, as the command needs it not."""
    if name == "Cuttings":
        from qa.interface import Cuttings

        return Cuttings
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
