#!/usr/bin/env bash
# The tests run against real servers. This script knows which, who needs them,
# and where to get them.
#
#   servers.sh install   installs what is missing, as root on Debian; elsewhere
#                        it changes nothing
#   servers.sh report    names what is missing and what was left out for it;
#                        fails if REQUIRE_ALL=1 and anything is
set -euo pipefail

have() {
	case $1 in
	postgresql) command -v initdb >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null ;;
	prometheus) [ -x "${PROMETHEUS_BIN:-}" ] || command -v prometheus >/dev/null ;;
	sqlite3) command -v sqlite3 >/dev/null ;;
	chromium) command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null ;;
	gcc) [ "$(go env CGO_ENABLED)" = 1 ] ;;
	esac
}

packages_of() {
	case $1 in
	gcc) echo gcc libc6-dev ;;
	*) echo "$1" ;;
	esac
}

left_out() {
	case $1 in
	postgresql) echo "every test against PostgreSQL (store, cmd/burnlist)" ;;
	prometheus) echo "every test against a real Prometheus (budget, cmd/burnlist)" ;;
	sqlite3) echo "the test of backups of SQLite (cmd/burnlist)" ;;
	chromium) echo "the browser tests of the pages (web, api)" ;;
	gcc) echo "the race detector, which needs a C compiler" ;;
	esac
}

missing() {
	for server in gcc postgresql prometheus sqlite3 chromium; do
		have "$server" || echo "$server"
	done
}

case ${1:-} in
install)
	packages=()
	for server in $(missing); do
		read -ra more <<<"$(packages_of "$server")"
		packages+=("${more[@]}")
	done
	[ "${#packages[@]}" -gt 0 ] || exit 0
	if [ "$(id -u)" != 0 ] || ! [ -e /etc/debian_version ] || ! command -v apt-get >/dev/null; then
		echo "not installed: ${packages[*]} (this is not Debian, or you are not root)"
		exit 0
	fi
	echo "installing ${packages[*]}"
	export DEBIAN_FRONTEND=noninteractive
	apt-get update -qq
	apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
	;;
report)
	absent=$(missing)
	[ -n "$absent" ] || exit 0
	for server in $absent; do
		echo "LEFT OUT: $(left_out "$server"). Install $(packages_of "$server")."
	done
	[ "${REQUIRE_ALL:-}" != 1 ] || exit 1
	;;
*)
	echo "usage: $0 install | report" >&2
	exit 2
	;;
esac
