/** The body that a job's signed URL was made for, once the job runs. */
import type { JobError } from "../../service-model/job";
import type { UploadedBody } from "../state/records";
import { invalidError } from "./errors";
import type { Work } from "./worker";

type Found =
  | { readonly upload: UploadedBody; readonly error?: undefined }
  | { readonly upload?: undefined; readonly error: JobError };

/** The body, when it has come and is the one that the job was created for. */
export function findUpload({ job: { upload } }: Work<unknown>, md5: string): Found {
  if (!upload)
    return { error: invalidError("Nothing was uploaded to the signed URL before the job was started.") };
  if (upload.md5 !== md5) {
    return {
      error: invalidError(`The MD5 of what was uploaded is ${upload.md5}, not ${md5} as the job says.`),
    };
  }
  return { upload };
}
