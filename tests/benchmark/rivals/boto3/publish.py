"""Objects below a prefix into a new revision, which is then finalized; ten imports at once.

    publish.py DATASET BUCKET PREFIX
"""
import sys
from concurrent.futures import ThreadPoolExecutor

import boto3
from job import chunks_of_100, run_job

dataset, bucket, prefix = sys.argv[1:]
dx, s3 = boto3.client("dataexchange"), boto3.client("s3")
revision = dx.create_revision(DataSetId=dataset)["Id"]
pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
keys = [entry["Key"] for page in pages for entry in page.get("Contents", [])]


def import_chunk(chunk):
    sources = [{"Bucket": bucket, "Key": key} for key in chunk]
    details = {"DataSetId": dataset, "RevisionId": revision, "AssetSources": sources}
    run_job(dx, "IMPORT_ASSETS_FROM_S3", {"ImportAssetsFromS3": details})


with ThreadPoolExecutor(10) as pool:
    list(pool.map(import_chunk, chunks_of_100(keys)))
dx.update_revision(DataSetId=dataset, RevisionId=revision, Finalized=True)
