"""The algorithm of Terraform's aws_dataexchange_revision_assets, without Terraform.

Source: internal/service/dataexchange/revision_assets.go of hashicorp/terraform-provider-aws. One job for each object in
sequence, GetJob at once and then every 10 s, and after each job a complete listing of the revision to find the new asset.

    terraform.py DATASET BUCKET PREFIX
"""
import sys
import time

import boto3

dataset, bucket, prefix = sys.argv[1:]
dx, s3 = boto3.client("dataexchange"), boto3.client("s3")
pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
keys = [entry["Key"] for page in pages for entry in page.get("Contents", [])]
revision = dx.create_revision(DataSetId=dataset)["Id"]
assets = set()
for key in keys:
    details = {"DataSetId": dataset, "RevisionId": revision, "AssetSources": [{"Bucket": bucket, "Key": key}]}
    job = dx.create_job(Type="IMPORT_ASSETS_FROM_S3", Details={"ImportAssetsFromS3": details})["Id"]
    dx.start_job(JobId=job)
    while (state := dx.get_job(JobId=job)["State"]) in ("WAITING", "IN_PROGRESS"):
        time.sleep(10)
    if state != "COMPLETED":
        raise RuntimeError(f"{job}: {state}")
    listing = dx.get_paginator("list_revision_assets").paginate(DataSetId=dataset, RevisionId=revision)
    new = {asset["Id"] for page in listing for asset in page["Assets"]} - assets
    if len(new) != 1:
        raise RuntimeError(f"{key}: {len(new)} new assets")
    assets |= new
dx.update_revision(DataSetId=dataset, RevisionId=revision, Finalized=True)
