#!/bin/sh
# makes <name>.lock.txt anew from each <name>.in named (all without a name): one lock for every platform and
# Python 3.10 to 3.13. Needs uv.
cd "$(dirname "$0")" || exit 1
[ $# -gt 0 ] || set -- *.in
for name; do
  name=${name%.in}
  # versions that one package's own demands must yield to
  overrides=
  [ -f "$name.overrides" ] && overrides="--override $name.overrides"
  uv pip compile --universal --generate-hashes --python-version 3.10 --no-emit-index-url --no-header --upgrade $overrides \
    --output-file "$name.lock.txt" "$name.in" --quiet || exit 1
done
