"""A typical boto3 script: one job for 100 objects or for one file, ten at once, and polls with backoff.

    boto3_threads.py publish DATASET BUCKET PREFIX              objects into a new revision, which is finalized
    boto3_threads.py upload DATASET FOLDER                      files into a new revision by signed URLs, likewise
    boto3_threads.py export DATASET REVISION BUCKET ASSETS      assets to a bucket; ASSETS has an id and a name a line
    boto3_threads.py independent DATASET BUCKET PAIRS           an object into each revision; PAIRS has a key and a revision a line
"""
import base64
import hashlib
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import boto3
import urllib3

dx = boto3.client("dataexchange")


def in_threads(run, items):
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(run, items))


def chunks_of_100(items):
    return [items[i:i + 100] for i in range(0, len(items), 100)]


def start_and_wait(job):
    dx.start_job(JobId=job)
    delay, state = 1, "IN_PROGRESS"
    while state in ("WAITING", "IN_PROGRESS"):
        time.sleep(delay)
        delay = min(delay * 1.5, 15)
        state = dx.get_job(JobId=job)["State"]
    if state != "COMPLETED":
        raise RuntimeError(f"{job}: {state}")


def run_job(job_type, details):
    start_and_wait(dx.create_job(Type=job_type, Details=details)["Id"])


def import_objects(dataset, revision, bucket, keys):
    sources = [{"Bucket": bucket, "Key": key} for key in keys]
    details = {"DataSetId": dataset, "RevisionId": revision, "AssetSources": sources}
    run_job("IMPORT_ASSETS_FROM_S3", {"ImportAssetsFromS3": details})


def publish(dataset, bucket, prefix):
    revision = dx.create_revision(DataSetId=dataset)["Id"]
    pages = boto3.client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    keys = [entry["Key"] for page in pages for entry in page.get("Contents", [])]
    in_threads(lambda chunk: import_objects(dataset, revision, bucket, chunk), chunks_of_100(keys))
    dx.update_revision(DataSetId=dataset, RevisionId=revision, Finalized=True)


def upload(dataset, folder):
    http = urllib3.PoolManager(maxsize=10)
    revision = dx.create_revision(DataSetId=dataset)["Id"]

    def upload_one(name):
        path = os.path.join(folder, name)
        with open(path, "rb") as file:
            digest = base64.b64encode(hashlib.file_digest(file, "md5").digest()).decode()
            file.seek(0)
            details = {"DataSetId": dataset, "RevisionId": revision, "AssetName": name, "Md5Hash": digest}
            job = dx.create_job(Type="IMPORT_ASSET_FROM_SIGNED_URL", Details={"ImportAssetFromSignedUrl": details})
            url = job["Details"]["ImportAssetFromSignedUrl"]["SignedUrl"]
            headers = {"Content-MD5": digest, "Content-Length": str(os.path.getsize(path))}
            answer = http.request("PUT", url, body=file, headers=headers)
        if answer.status != 200:
            raise RuntimeError(f"{name}: {answer.status} {answer.data[:200]}")
        start_and_wait(job["Id"])

    in_threads(upload_one, sorted(os.listdir(folder)))
    dx.update_revision(DataSetId=dataset, RevisionId=revision, Finalized=True)


def export(dataset, revision, bucket, file):
    def export_chunk(chunk):
        destinations = [{"AssetId": id, "Bucket": bucket, "Key": name} for id, name in chunk]
        details = {"DataSetId": dataset, "RevisionId": revision, "AssetDestinations": destinations}
        run_job("EXPORT_ASSETS_TO_S3", {"ExportAssetsToS3": details})

    in_threads(export_chunk, chunks_of_100([line.split() for line in open(file)]))


def independent(dataset, bucket, file):
    pairs = [line.split() for line in open(file)]
    in_threads(lambda pair: import_objects(dataset, pair[1], bucket, [pair[0]]), pairs)


if __name__ == "__main__":
    {"publish": publish, "upload": upload, "export": export, "independent": independent}[sys.argv[1]](*sys.argv[2:])
