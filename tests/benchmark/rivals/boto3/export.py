"""Assets of a revision into a bucket, in jobs of 100, ten at once. ASSETS is a file with an id and a name in each line.

    export.py DATASET REVISION BUCKET ASSETS
"""
import sys
from concurrent.futures import ThreadPoolExecutor

import boto3
from job import chunks_of_100, run_job

dataset, revision, bucket, file = sys.argv[1:]
dx = boto3.client("dataexchange")
assets = [line.split() for line in open(file)]


def export_chunk(chunk):
    destinations = [{"AssetId": id, "Bucket": bucket, "Key": name} for id, name in chunk]
    details = {"DataSetId": dataset, "RevisionId": revision, "AssetDestinations": destinations}
    run_job(dx, "EXPORT_ASSETS_TO_S3", {"ExportAssetsToS3": details})


with ThreadPoolExecutor(10) as pool:
    list(pool.map(export_chunk, chunks_of_100(assets)))
