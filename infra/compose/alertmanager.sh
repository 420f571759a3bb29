#!/bin/sh
# starts Alertmanager with the channels of WATERCLOCK_ALERT_*: it reads no variables itself
#   sh alertmanager.sh /bin/alertmanager --storage.path=...
set -eu
umask 077

fail() {
  echo "alertmanager: $1" >&2
  exit 1
}

# as a YAML text; never an argument of a program, which `ps` shows
quote() {
  printf "'"
  printf %s "$1" | sed "s/'/''/g"
  printf "'"
}

url() {
  case $2 in
  *[[:space:][:cntrl:]]*) fail "$1 must be an address without spaces" ;;
  http://?* | https://?*) ;;
  *) fail "$1 must begin with https:// or http://" ;;
  esac
}

address() {
  case $2 in
  # Alertmanager would take {{ for a template
  *@*@* | *[[:cntrl:]]* | *'{{'*) ;;
  ?*@?*) return 0 ;;
  esac
  fail "$1 must be an e-mail address, got '$2'"
}

webhook=${WATERCLOCK_ALERT_WEBHOOK_URL:-}
slack=${WATERCLOCK_ALERT_SLACK_URL:-}
from=${WATERCLOCK_ALERT_EMAIL_FROM:-}
to=$(printf %s "${WATERCLOCK_ALERT_EMAIL_TO:-}" | tr -s ' \t\n,' ',,,,' | sed 's/^,//; s/,$//')
host=${WATERCLOCK_ALERT_SMTP_ADDRESS:-}
user=${WATERCLOCK_ALERT_SMTP_USER:-}
password=${WATERCLOCK_ALERT_SMTP_PASSWORD:-}
tls=${WATERCLOCK_ALERT_SMTP_TLS:-true}

[ -z "$webhook" ] || url WATERCLOCK_ALERT_WEBHOOK_URL "$webhook"
[ -z "$slack" ] || url WATERCLOCK_ALERT_SLACK_URL "$slack"
if [ -n "$from$to$host$user$password" ]; then
  [ -n "$from" ] || fail 'e-mail needs WATERCLOCK_ALERT_EMAIL_FROM, which is not set'
  [ -n "$to" ] || fail 'e-mail needs WATERCLOCK_ALERT_EMAIL_TO, which is not set'
  [ -n "$host" ] || fail 'e-mail needs WATERCLOCK_ALERT_SMTP_ADDRESS, which is not set: host:port of your mail server'
  address WATERCLOCK_ALERT_EMAIL_FROM "$from"
  oldifs=$IFS
  IFS=,
  for one in $to; do address WATERCLOCK_ALERT_EMAIL_TO "$one"; done
  IFS=$oldifs
  case ${host##*:} in
  '' | "$host" | *[!0-9]*) fail "WATERCLOCK_ALERT_SMTP_ADDRESS must be host:port, got '$host'" ;;
  esac
  case $tls in
  true | false) ;;
  *) fail "WATERCLOCK_ALERT_SMTP_TLS must be true or false, got '$tls'" ;;
  esac
  [ "${user:+set}" = "${password:+set}" ] ||
    fail 'WATERCLOCK_ALERT_SMTP_USER and _PASSWORD belong together: set both, or neither'
  case $user$password in *[[:cntrl:]]*) fail 'WATERCLOCK_ALERT_SMTP_USER or _PASSWORD has a control character' ;; esac
  [ "$tls" = true ] || [ -z "$password" ] ||
    fail 'WATERCLOCK_ALERT_SMTP_TLS=false would send the password as plain text: remove WATERCLOCK_ALERT_SMTP_USER and _PASSWORD, or use TLS'
fi

channels() {
  if [ -n "$webhook" ]; then
    echo '    webhook_configs:'
    echo "      - url: $(quote "$webhook")"
    echo "        send_resolved: $1"
  fi
  if [ -n "$slack" ]; then
    echo '    slack_configs:'
    echo "      - api_url: $(quote "$slack")"
    echo "        send_resolved: $1"
    cat <<'YAML'
        title: '{{ .Status | toUpper }}: {{ .CommonLabels.alertname }}'
        title_link: '{{ .ExternalURL }}'
        text: "{{ range .Alerts }}{{ .Annotations.summary }}\n{{ end }}"
YAML
  fi
  if [ -n "$host" ]; then
    echo '    email_configs:'
    echo "      - to: $(quote "$to")"
    echo "        from: $(quote "$from")"
    echo "        smarthost: $(quote "$host")"
    echo "        require_tls: $tls"
    echo "        send_resolved: $1"
    if [ -n "$user" ]; then
      echo "        auth_username: $(quote "$user")"
      echo "        auth_password: $(quote "$password")"
    fi
  fi
}

configuration() {
  # what happened once has no end: that its alert goes out is not that it was mended
  cat <<'YAML'
route:
  receiver: lasting
  group_by: [alertname]
  group_wait: 30s
  group_interval: 5m
  repeat_interval: 4h
  routes:
    - receiver: once
      matchers: ['happens = once']
receivers:
  - name: lasting
YAML
  channels true
  echo '  - name: once'
  channels false
}

[ -n "$webhook$slack$host" ] ||
  echo 'alertmanager: sends nothing, since no channel is set: put WATERCLOCK_ALERT_WEBHOOK_URL, _SLACK_URL or _EMAIL_TO into waterclock.env' >&2

file=$(mktemp)
configuration >"$file"
# the program needs none of the variables, among which are the secrets of sources
exec env -i PATH="$PATH" "$@" --config.file="$file"
