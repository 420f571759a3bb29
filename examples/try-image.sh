#!/usr/bin/env bash
# builds the image and tries it against an embedded stack of its own: a worker in a container completes a run, and one that
# is told to stop in the middle of another leaves within its grace and loses nothing. Needs Docker; changes nothing else.
#   examples/try-image.sh [--no-build] [IMAGE]
set -euo pipefail
cd "$(dirname "$0")/.."

build=yes
if [ "${1:-}" = --no-build ]; then
  build=
  shift
fi
image=${1:-waterclock:try}

if ! docker info >/dev/null 2>&1; then
  echo 'try-image: no Docker answers here (docker info), so the image was not tried' >&2
  exit 3
fi

say() { printf '\n== %s\n' "$*"; }
fail() {
  printf 'try-image: %s\n' "$*" >&2
  exit 1
}
milliseconds() { date +%s%3N; }

folder=$(mktemp -d)
stack=
cleanup() {
  docker rm --force waterclock-try-1 waterclock-try-2 >/dev/null 2>&1 || true
  # the stack ends with its standard input
  if [ -n "$stack" ]; then exec 9>&- && wait "$stack" 2>/dev/null || true; fi
  rm -rf "$folder"
}
trap cleanup EXIT

if [ -n "$build" ]; then
  say "build $image"
  docker build --network=host --tag "$image" . >"$folder/build.log" 2>&1 || {
    tail -20 "$folder/build.log" >&2
    fail 'the image does not build'
  }
fi
size=$(docker image inspect --format '{{.Size}}' "$image")
echo "size: $((size / 1024 / 1024)) MB"

say 'the image shows the help of the command'
docker run --rm --network=none --read-only "$image" | sed -n '1,4p'

say 'start an embedded stack'
mkfifo "$folder/stdin" "$folder/stdout"
node --import tsx local/test-stack/main.ts <"$folder/stdin" >"$folder/stdout" &
stack=$!
exec 9>"$folder/stdin"
read -r described <"$folder/stdout" || fail 'the stack did not start: `npm start -- --exit` once sets up what it needs'

# what the container needs of it: addresses and keys, but its own dbt and its own grace
node --input-type=module - "$described" >"$folder/env" <<'JS'
const { environment } = JSON.parse(process.argv[2]);
const own = /^WATERCLOCK_(DBT|DBT_PROJECT_DIR|GRACE_SECONDS)$/;
for (const [name, value] of Object.entries(environment)) if (!own.test(name)) console.log(`${name}=${value}`);
JS

run=(docker run --network=host --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges --env-file "$folder/env")
waterclock() { "${run[@]}" --rm "$image" waterclock "$@"; }
start_worker() { "${run[@]}" --detach --name "$1" "$image" node worker/main.js >/dev/null; }
healthy() {
  for _ in $(seq 60); do
    docker exec "$1" node worker/health.js && return
    sleep 1
  done
  docker logs "$1" 2>&1 | tail -20 >&2
  fail "the worker in $1 did not become healthy"
}

say 'set up, and start a worker'
waterclock setup
from=$(milliseconds)
start_worker waterclock-try-1
until docker logs waterclock-try-1 2>&1 | grep -q 'worker ready'; do sleep 0.1; done
echo "worker ready after $(($(milliseconds) - from)) ms"
healthy waterclock-try-1
echo "runs as uid $(docker exec waterclock-try-1 id -u), process 1 is $(docker exec waterclock-try-1 cat /proc/1/comm)"

say 'a run, every step of it'
waterclock run earthquakes --interval 2018-02-01T00:00Z --wait

say 'an ingestor alone'
waterclock run door2door --interval 2022-11-24T10:00Z --until-step extract --wait

say 'SIGTERM in the middle of a backfill'
waterclock backfill create earthquakes --from 2018-02-01T01:00Z --to 2018-02-01T13:00Z
loaded() { waterclock query "select count(distinct interval_start) as n from monitor_db.handler_executions where pipeline = 'earthquakes'" --json | sed 's/.*"n":"\{0,1\}\([0-9]*\).*/\1/'; }
until [ "$(loaded)" -ge 3 ]; do sleep 0.5; done
from=$(milliseconds)
docker stop --time 120 waterclock-try-1 >/dev/null
took=$(($(milliseconds) - from))
code=$(docker inspect --format '{{.State.ExitCode}}' waterclock-try-1)
echo "the worker left after $took ms with exit code $code; $(loaded) of 13 hours are loaded"
[ "$code" = 0 ] || {
  docker logs waterclock-try-1 2>&1 | tail -20 >&2
  fail "the worker ended with $code"
}
[ "$took" -lt 120000 ] || fail 'the worker did not leave within its grace'
[ "$(loaded)" -lt 13 ] || fail 'the backfill was over before the worker was stopped: nothing was tried'

say 'another worker goes on where it left'
start_worker waterclock-try-2
waterclock backfill create earthquakes --from 2018-02-01T01:00Z --to 2018-02-01T13:00Z --wait
waterclock query "select count(*) as loads, count(distinct interval_start) as hours, sum(staged) as rows from monitor_db.handler_executions where pipeline = 'earthquakes' and status = 'loaded'"
rows=$(waterclock query "select count(*) as n from earthquakes.earthquakes" --json | sed 's/.*"n":"\{0,1\}\([0-9]*\).*/\1/')
wanted=$(node -e "
  const { features } = JSON.parse(require('node:fs').readFileSync(require.resolve('vega-datasets').replace(/build.*|dist.*|src.*/, '') + 'data/earthquakes.json'));
  const [from, to] = [Date.parse('2018-02-01T00:00:00Z'), Date.parse('2018-02-01T13:00:00Z')];
  console.log(new Set(features.filter(({ properties: { time } }) => time >= from && time < to).map(({ id }) => id)).size);")
echo "rows: $rows in the warehouse, $wanted in the source"
[ "$rows" = "$wanted" ] || fail 'rows were lost or loaded twice'
say 'the image works'
