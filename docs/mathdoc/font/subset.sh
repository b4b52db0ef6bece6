#!/usr/bin/env bash
# Makes STIXTwoMath.woff2.base64: STIX Two Math 2.12, from the npm package that contains it, reduced to characters.txt.
# Needs npm, and `pip install fonttools brotli`.
set -euo pipefail
cd "$(dirname "$0")"
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
npm pack --silent --pack-destination "$folder" @fontsource/stix-two-math@5.3.0
tar xzf "$folder"/*.tgz -C "$folder"
pyftsubset "$folder/package/files/stix-two-math-latin-400-normal.woff2" --text-file=characters.txt \
  --no-hinting --flavor=woff2 --output-file="$folder/subset.woff2"
base64 --wrap=0 "$folder/subset.woff2" > STIXTwoMath.woff2.base64
