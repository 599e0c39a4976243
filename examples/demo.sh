#!/bin/sh
# Indexes the example articles and asks three questions, one of which they do not answer.
set -eu
here=$(dirname "$0")
export CUTTINGS_LIBRARY="${CUTTINGS_LIBRARY:-$here/../.demo-library}"
ask() {
    printf '\n$ cuttings ask "%s"\n' "$1"
    "$CUTTINGS" ask "$1" || [ $? -eq 3 ]
}
printf '$ cuttings add examples/articles\n'
"$CUTTINGS" add "$here/articles"
ask "When did Duncan Muir retire?"
ask "How much will the new lock gate cost?"
ask "Who is the mayor of London?"
cat <<END

What to type next:
  export CUTTINGS_LIBRARY=.demo-library   ask these articles
  $CUTTINGS chat                     ask on
  unset CUTTINGS_LIBRARY
  $CUTTINGS add FOLDER               your own articles: .txt .md .html .pdf .jsonl .csv …
  $CUTTINGS ask "…"                  your own question
  $CUTTINGS serve                    over HTTP, at http://127.0.0.1:8765
END
