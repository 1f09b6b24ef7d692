#!/usr/bin/env bash
# Assets of a revision into a bucket, in jobs of 100, ten at once. ASSETS is a file with an id and a name in each line.
#
#     export.sh DATASET REVISION BUCKET ASSETS
set -euo pipefail
source "$(dirname "$0")/job.bash"
export DATASET=$1 REVISION=$2 BUCKET=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

export_chunk() {
  set -euo pipefail
  jq -Rn --arg b "$BUCKET" --arg d "$DATASET" --arg r "$REVISION" \
    '{ExportAssetsToS3:{DataSetId:$d,RevisionId:$r,
      AssetDestinations:[inputs|split(" ")|{AssetId:.[0],Bucket:$b,Key:.[1]}]}}' <"$1" >"$1.json"
  job=$(aws dataexchange create-job --type EXPORT_ASSETS_TO_S3 --details "file://$1.json" --query Id --output text)
  run_job "$job"
}
export -f export_chunk

split -l 100 -a 4 "$4" "$work/assets."
printf '%s\n' "$work"/assets.* | xargs -P 10 -I{} bash -c 'export_chunk {}'
