"""One object into each of many revisions, ten imports at once. PAIRS is a file with a key and a revision in each line.

    independent.py DATASET BUCKET PAIRS
"""
import sys
from concurrent.futures import ThreadPoolExecutor

import boto3
from job import run_job

dataset, bucket, file = sys.argv[1:]
dx = boto3.client("dataexchange")


def import_one(pair):
    key, revision = pair
    details = {"DataSetId": dataset, "RevisionId": revision, "AssetSources": [{"Bucket": bucket, "Key": key}]}
    run_job(dx, "IMPORT_ASSETS_FROM_S3", {"ImportAssetsFromS3": details})


with ThreadPoolExecutor(10) as pool:
    list(pool.map(import_one, [line.split() for line in open(file)]))
