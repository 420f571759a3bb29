#!/bin/sh
# makes requirements.lock.txt anew: one lock for every platform and Python 3.10 to 3.13. Needs uv.
cd "$(dirname "$0")" || exit 1
uv pip compile --universal --generate-hashes --python-version 3.10 --no-emit-index-url --no-header --upgrade \
  --output-file requirements.lock.txt requirements.in --quiet
