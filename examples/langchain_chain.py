"""Cuttings in LangChain programs: passages for a chat model, and cited answers as a step.

After `make demo`, run it with: .venv/bin/python examples/langchain_chain.py
"""

from pathlib import Path

from langchain_core.documents import Document
from langchain_core.language_models import FakeListChatModel
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import RunnablePassthrough

from qa.langchain_retriever import CuttingsRetriever
from qa.langchain_runnable import CuttingsRunnable

LIBRARY = Path(".demo-library")


def numbered(documents: list[Document]) -> str:
    """Return the passages as a prompt shows them."""
    return "\n\n".join(
        f"[{number}] {one.metadata['title']} ({one.metadata['published_at']})\n{one.page_content}"
        for number, one in enumerate(documents, 1)
    )


# The retriever finds; your chat model writes. This one always says the same.
model = FakeListChatModel(responses=["The new gate will cost $12.4 million [1]."])
prompt = ChatPromptTemplate.from_template(
    "Answer from these passages, and name them as [1].\n\n{passages}\n\nQuestion: {question}"
)
chain = (
    {
        "passages": CuttingsRetriever(library=LIBRARY, top_k=3) | numbered,
        "question": RunnablePassthrough(),
    }
    | prompt
    | model
    | StrOutputParser()
)
print(chain.invoke("How much will the new lock gate cost?"))

# Cuttings answers by itself, cited to the character, and remembers what was said.
cuttings = CuttingsRunnable(LIBRARY)
reply = cuttings.invoke(
    {
        "question": "How much will it cost?",
        "history": [
            ("human", "What did the council approve?"),
            ("ai", "a new outer gate for the Port Ellery sea lock"),
        ],
        "filters": {"published_after": "2025-01-01"},
    }
)
print(reply["answer"], "-", reply["citations"][0]["title"] if reply["citations"] else "not cited")

# It composes and streams like every other step.
for piece in (cuttings.pick("answer") | StrOutputParser()).stream("When did Duncan Muir retire?"):
    print(piece, end="", flush=True)
print()
