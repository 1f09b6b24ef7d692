#!/usr/bin/env bash
# A typical shell script with aws-cli: one job for 100 objects or for one file, ten at once by xargs, a poll every 5 s.
#
#     aws-cli.sh publish DATASET BUCKET PREFIX           objects into a new revision, which is finalized
#     aws-cli.sh upload DATASET FOLDER                   files into a new revision by signed URLs, likewise
#     aws-cli.sh export DATASET REVISION BUCKET ASSETS   assets to a bucket; ASSETS has an id and a name a line
#     aws-cli.sh independent DATASET BUCKET PAIRS        an object into each revision; PAIRS has a key and a revision a line
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
operation=$1
export DATASET=$2
shift 2

# The aws-cli that the benchmark has installed.
aws() { "$PYTHON" -m awscli "$@"; }

create_revision() {
  REVISION=$(aws dataexchange create-revision --data-set-id "$DATASET" --query Id --output text)
  export REVISION
}

finalize_revision() {
  aws dataexchange update-revision --data-set-id "$DATASET" --revision-id "$REVISION" --finalized >/dev/null
}

# The functions below run in processes of xargs, which starts no more of them after one exits with 255.
run_job() {
  local state
  aws dataexchange start-job --job-id "$1"
  while :; do
    sleep 5
    state=$(aws dataexchange get-job --job-id "$1" --query State --output text)
    case $state in COMPLETED) break ;; WAITING | IN_PROGRESS) ;; *) echo "$1: $state" >&2; exit 255 ;; esac
  done
}

import_chunk() {
  set -euo pipefail
  jq -Rn --arg b "$BUCKET" --arg d "$DATASET" --arg r "$REVISION" \
    '{ImportAssetsFromS3:{DataSetId:$d,RevisionId:$r,AssetSources:[inputs|{Bucket:$b,Key:.}]}}' <"$1" >"$1.json"
  job=$(aws dataexchange create-job --type IMPORT_ASSETS_FROM_S3 --details "file://$1.json" --query Id --output text)
  run_job "$job"
}

import_one() {
  set -euo pipefail
  job=$(aws dataexchange create-job --type IMPORT_ASSETS_FROM_S3 --query Id --output text --details \
    "{\"ImportAssetsFromS3\":{\"DataSetId\":\"$DATASET\",\"RevisionId\":\"$2\",\"AssetSources\":[{\"Bucket\":\"$BUCKET\",\"Key\":\"$1\"}]}}")
  run_job "$job"
}

export_chunk() {
  set -euo pipefail
  jq -Rn --arg b "$BUCKET" --arg d "$DATASET" --arg r "$REVISION" \
    '{ExportAssetsToS3:{DataSetId:$d,RevisionId:$r,
      AssetDestinations:[inputs|split(" ")|{AssetId:.[0],Bucket:$b,Key:.[1]}]}}' <"$1" >"$1.json"
  job=$(aws dataexchange create-job --type EXPORT_ASSETS_TO_S3 --details "file://$1.json" --query Id --output text)
  run_job "$job"
}

upload_one() {
  set -euo pipefail
  md5=$(openssl md5 -binary "$FOLDER/$1" | base64)
  job=$(aws dataexchange create-job --type IMPORT_ASSET_FROM_SIGNED_URL --details \
    "{\"ImportAssetFromSignedUrl\":{\"DataSetId\":\"$DATASET\",\"RevisionId\":\"$REVISION\",\"AssetName\":\"$1\",\"Md5Hash\":\"$md5\"}}")
  url=$(jq -r .Details.ImportAssetFromSignedUrl.SignedUrl <<<"$job")
  curl -sS --fail -T "$FOLDER/$1" -H "Content-MD5: $md5" "$url"
  run_job "$(jq -r .Id <<<"$job")"
}
export -f aws run_job import_chunk import_one export_chunk upload_one

case $operation in
publish)
  export BUCKET=$1
  create_revision
  aws s3api list-objects-v2 --bucket "$BUCKET" --prefix "$2" --query 'Contents[].Key' --output text |
    tr '\t' '\n' | split -l 100 -a 4 - "$work/keys."
  printf '%s\n' "$work"/keys.* | xargs -P 10 -I{} bash -c 'import_chunk {}'
  finalize_revision
  ;;
upload)
  export FOLDER=$1
  create_revision
  ls "$FOLDER" | xargs -P 10 -I{} bash -c 'upload_one {}'
  finalize_revision
  ;;
export)
  export REVISION=$1 BUCKET=$2
  split -l 100 -a 4 "$3" "$work/assets."
  printf '%s\n' "$work"/assets.* | xargs -P 10 -I{} bash -c 'export_chunk {}'
  ;;
independent)
  export BUCKET=$1
  xargs -P 10 -I{} bash -c 'import_one {}' <"$2"
  ;;
esac
