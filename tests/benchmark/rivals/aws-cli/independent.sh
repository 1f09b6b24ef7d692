#!/usr/bin/env bash
# One object into each of many revisions, ten imports at once. PAIRS is a file with a key and a revision in each line.
#
#     independent.sh DATASET BUCKET PAIRS
set -euo pipefail
source "$(dirname "$0")/job.bash"
export DATASET=$1 BUCKET=$2
import_one() {
  set -euo pipefail
  job=$(aws dataexchange create-job --type IMPORT_ASSETS_FROM_S3 --query Id --output text --details \
    "{\"ImportAssetsFromS3\":{\"DataSetId\":\"$DATASET\",\"RevisionId\":\"$2\",\"AssetSources\":[{\"Bucket\":\"$BUCKET\",\"Key\":\"$1\"}]}}")
  run_job "$job"
}
export -f import_one
xargs -P 10 -I{} bash -c 'import_one {}' <"$3"
