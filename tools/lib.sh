# What the scripts of this folder share; each begins with `. "$(dirname "$0")/lib.sh"`. Moves to the repository's root.
# shellcheck shell=bash
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export LC_ALL=C.UTF-8

if [ -t 1 ]; then
  bold=$'\e[1m' red=$'\e[31m' plain=$'\e[0m'
else
  bold='' red='' plain=''
fi

# step TEXT…: says what is done now.
step() { printf '%s==> %s%s\n' "$bold" "$*" "$plain"; }

# die TEXT [HINT]…: an error, and what to do about it, a line each.
die() {
  printf '%serror: %s%s\n' "$red" "$1" "$plain" >&2
  shift
  [ $# -eq 0 ] || printf '       %s\n' "$@" >&2
  exit 1
}
