"""Articles in: load, split, embed, store.

The stages, in the order in which an article passes through them:

- `index.loading` reads files into articles,
- `index.splitting` cuts an article into passages of whole sentences,
- `index.embedding` turns passages into vectors,
- `index.library` keeps all of it in one SQLite file,
- `index.vectors` serves nearest neighbours from Chroma,
- `index.ingest` runs them all and reports.
"""
