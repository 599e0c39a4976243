"""Questions in, cited answers out.

`qa.assembly.open_answerer` wires a library to a `qa.answering.QuestionAnswerer`; another LangChain
program may take `qa.langchain_retriever.CuttingsRetriever` alone.
"""
