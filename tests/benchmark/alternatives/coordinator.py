"""The publisher coordinator's algorithm (awslabs/aws-data-exchange-publisher-coordinator) in one process.

Its Lambda functions are functions here, and its Step Functions map is a pool of ten threads: manifest to the bucket, chunks
of 10,000 per revision and 100 per job, each step reads the manifest again, CreateJob, StartJob and GetJob, then "Wait 10 s,
CheckJobStatus" until the job has ended, then UpdateRevision. It is faster than the original, because clients are created once
a thread instead of once an invocation, and because Lambda and Step Functions add no delays.

    coordinator.py DATASET BUCKET PREFIX
"""
import json
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import boto3

own = threading.local()


def client(name):
    if not hasattr(own, name):
        setattr(own, name, boto3.session.Session().client(name))
    return getattr(own, name)


def read_manifest(bucket, key):
    return json.loads(client("s3").get_object(Bucket=bucket, Key=key)["Body"].read())


def start_publishing(bucket, key):
    flat = read_manifest(bucket, key)
    assets = []
    for entry in flat["asset_list"]:
        if not entry["Key"].endswith("/"):
            assets.append(entry)
            continue
        pages = client("s3").get_paginator("list_objects_v2").paginate(
            Bucket=entry["Bucket"], Prefix=entry["Key"], PaginationConfig={"PageSize": 1000})
        for page in pages:
            for file in page["Contents"]:
                if file["Size"] != 0:
                    assets.append({"Bucket": entry["Bucket"], "Key": file["Key"]})
    revisions = [assets[i:i + 10_000] for i in range(0, len(assets), 10_000)]
    nested = [[revision[i:i + 100] for i in range(0, len(revision), 100)] for revision in revisions]
    nested_key = key.split(".")[0] + ".manifest"
    manifest = {"dataset_id": flat["dataset_id"], "asset_list_nested": nested}
    client("s3").put_object(Bucket=bucket, Key=nested_key, Body=json.dumps(manifest).encode())
    return nested_key


def import_job(bucket, key, dataset, revision, revision_index, job_index):
    dx = client("dataexchange")
    sources = read_manifest(bucket, key)["asset_list_nested"][revision_index][job_index]
    details = {"ImportAssetsFromS3": {"AssetSources": sources, "DataSetId": dataset, "RevisionId": revision}}
    job = dx.create_job(Type="IMPORT_ASSETS_FROM_S3", Details=details)["Arn"].split("/")[1]
    dx.start_job(JobId=job)
    dx.get_job(JobId=job)
    while True:
        time.sleep(10)
        state = dx.get_job(JobId=job)["State"]
        if state != "IN_PROGRESS":
            return state


def publish(bucket, key):
    manifest = read_manifest(bucket, key)  # PrepareRevisionMapInput
    dataset = manifest["dataset_id"]
    for revision_index in range(len(manifest["asset_list_nested"])):
        jobs = read_manifest(bucket, key)["asset_list_nested"][revision_index]
        revision = client("dataexchange").create_revision(DataSetId=dataset, Comment="Published by coordinator.")["Id"]
        with ThreadPoolExecutor(10) as pool:
            states = list(pool.map(
                lambda job: import_job(bucket, key, dataset, revision, revision_index, job), range(len(jobs))))
        print(revision, {state: states.count(state) for state in set(states)})
        # The original finalizes the revision even if a job failed: JobFailed is a Pass state.
        client("dataexchange").update_revision(DataSetId=dataset, RevisionId=revision, Finalized=True)


if __name__ == "__main__":
    dataset_id, data_bucket, prefix = sys.argv[1:]
    manifest_key = f"publish-{time.time_ns()}.json"
    flat_manifest = {"dataset_id": dataset_id, "asset_list": [{"Bucket": data_bucket, "Key": prefix}]}
    client("s3").put_object(Bucket=data_bucket, Key=manifest_key, Body=json.dumps(flat_manifest).encode())
    publish(data_bucket, start_publishing(data_bucket, manifest_key))
