"""Local files into a new revision through signed URLs, ten at once; the revision is then finalized.

    upload.py DATASET FOLDER
"""
import base64
import hashlib
import os
import sys
from concurrent.futures import ThreadPoolExecutor

import boto3
import urllib3
from job import start_and_wait

dataset, folder = sys.argv[1:]
dx, http = boto3.client("dataexchange"), urllib3.PoolManager(maxsize=10)
revision = dx.create_revision(DataSetId=dataset)["Id"]


def upload(name):
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
    start_and_wait(dx, job["Id"])


with ThreadPoolExecutor(10) as pool:
    list(pool.map(upload, sorted(os.listdir(folder))))
dx.update_revision(DataSetId=dataset, RevisionId=revision, Finalized=True)
