#!/usr/bin/env bash
# Objects below a prefix into a new revision, which is then finalized; ten imports at once.
#
#     publish.sh DATASET BUCKET PREFIX
set -euo pipefail
source "$(dirname "$0")/job.bash"
export DATASET=$1 BUCKET=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
REVISION=$(aws dataexchange create-revision --data-set-id "$DATASET" --query Id --output text)
export REVISION

import_chunk() {
  set -euo pipefail
  jq -Rn --arg b "$BUCKET" --arg d "$DATASET" --arg r "$REVISION" \
    '{ImportAssetsFromS3:{DataSetId:$d,RevisionId:$r,AssetSources:[inputs|{Bucket:$b,Key:.}]}}' <"$1" >"$1.json"
  job=$(aws dataexchange create-job --type IMPORT_ASSETS_FROM_S3 --details "file://$1.json" --query Id --output text)
  run_job "$job"
}
export -f import_chunk

aws s3api list-objects-v2 --bucket "$BUCKET" --prefix "$3" --query 'Contents[].Key' --output text |
  tr '\t' '\n' | split -l 100 -a 4 - "$work/keys."
printf '%s\n' "$work"/keys.* | xargs -P 10 -I{} bash -c 'import_chunk {}'
aws dataexchange update-revision --data-set-id "$DATASET" --revision-id "$REVISION" --finalized >/dev/null
