#!/usr/bin/env bash
# Local files into a new revision through signed URLs, ten at once; the revision is then finalized.
#
#     upload.sh DATASET FOLDER
set -euo pipefail
source "$(dirname "$0")/job.bash"
export DATASET=$1 FOLDER=$2
REVISION=$(aws dataexchange create-revision --data-set-id "$DATASET" --query Id --output text)
export REVISION
upload_one() {
  set -euo pipefail
  md5=$(openssl md5 -binary "$FOLDER/$1" | base64)
  job=$(aws dataexchange create-job --type IMPORT_ASSET_FROM_SIGNED_URL --details \
    "{\"ImportAssetFromSignedUrl\":{\"DataSetId\":\"$DATASET\",\"RevisionId\":\"$REVISION\",\"AssetName\":\"$1\",\"Md5Hash\":\"$md5\"}}")
  url=$(jq -r .Details.ImportAssetFromSignedUrl.SignedUrl <<<"$job")
  curl -sS --fail -T "$FOLDER/$1" -H "Content-MD5: $md5" "$url"
  run_job "$(jq -r .Id <<<"$job")"
}
export -f upload_one
ls "$FOLDER" | xargs -P 10 -I{} bash -c 'upload_one {}'
aws dataexchange update-revision --data-set-id "$DATASET" --revision-id "$REVISION" --finalized >/dev/null
