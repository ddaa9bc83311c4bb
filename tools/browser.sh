#!/bin/sh
# Debian's Chromium and Chinese glyphs, for the browser tests. Installed where that is allowed, else said.
set -u
missing=""
command -v chromium >/dev/null 2>&1 || missing="chromium"
fc-list 2>/dev/null | grep -qi "cjk" || missing="$missing fontconfig fonts-noto-cjk"
[ -z "$missing" ] && exit 0
as_root=""
[ "$(id -u)" = 0 ] || as_root="sudo -n"
if command -v apt-get >/dev/null 2>&1 && $as_root true 2>/dev/null; then
  $as_root env DEBIAN_FRONTEND=noninteractive sh -c \
    "apt-get update -qq && apt-get install -y -qq --no-install-recommends $missing" >/dev/null 2>&1 && exit 0
fi
echo "expected: chromium and fonts-noto-cjk; found: missing$missing; to do: apt-get install $missing" >&2
echo "(the browser tests are skipped without them, and fail where CI is set)" >&2
exit 0
