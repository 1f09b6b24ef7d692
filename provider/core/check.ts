/** Checks a Job's inputs before anything runs. */
import { reasonOf } from "../../lib/message-code";
import type { JobType, Upload } from "../../service-model/job-type";
import { findJobType, jobTypes } from "../../service-model/job-types";
import type { Member, StructShape } from "../../service-model/shape";
import type { Path, Problem } from "../../service-model/validate";
import { ARCHIVE, UNKNOWN, describeKind, isRecord, problem, validate } from "../../service-model/validate";
import type { UploadBodies, BodySource } from "./ports";
import { args } from "./arguments";

type Inputs = Readonly<Record<string, unknown>>;

/**
 * Problems of the program's inputs. Unknown values are `UNKNOWN`, bodies are `BodySource`s. Never throws: an unreadable
 * body is a problem as well.
 */
export async function checkInputs(inputs: Inputs, bodies: UploadBodies): Promise<Problem[]> {
  const jobType = findJobType(inputs.type);
  return [
    ...checkType(inputs.type, jobType),
    ...checkDetails(inputs.details, jobType),
    ...checkArgs(inputs),
    ...checkTriggers(inputs.triggers, ["triggers"]),
    ...(await checkUpload(inputs, jobType, bodies)),
  ];
}

function checkType(type: unknown, jobType: JobType | undefined): Problem[] {
  const path = ["type"];
  if (jobType || type === UNKNOWN) return [];
  if (type === undefined || type === null) return [problem(path, "missing-member", "is required")];
  const known = jobTypes.map((entry) => entry.type).join(", ");
  return [problem(path, "unknown-value", `must be one of ${known}, not ${describeKind(type)}`)];
}

function checkDetails(details: unknown, jobType: JobType | undefined): Problem[] {
  const path = ["details"];
  if (details === UNKNOWN) return [];
  if (details === undefined || details === null) {
    const member = jobType ? `, with the member ${jobType.detailsKey}` : "";
    return [problem(path, "missing-member", `is required${member}`)];
  }
  if (!isRecord(details)) {
    return [problem(path, "wrong-type", `must be an object, not ${describeKind(details)}`)];
  }
  // The right member depends on the type, so the problem of the type is enough.
  if (!jobType) return [];
  const { type, detailsKey } = jobType;
  const given = new Map(Object.entries(details).filter(([, value]) => value !== undefined && value !== null));
  const wrong = [...given.keys()]
    .filter((name) => name !== detailsKey)
    .map((name) => {
      const message = `does not belong to a job of type ${type}, which has only ${detailsKey}`;
      return problem(["details", name], "wrong-details", message);
    });
  const ownPath = ["details", detailsKey];
  return given.has(detailsKey)
    ? [...wrong, ...validate(withoutUploaded(jobType.details), given.get(detailsKey), ownPath)]
    : [...wrong, problem(ownPath, "missing-member", `is required in a job of type ${type}`)];
}

/** Members that the provider computes from the upload are optional. */
function withoutUploaded(shape: StructShape): StructShape {
  const members = Object.entries(shape.members).map(([name, member]): [string, Member] => [
    name,
    member.fromUpload ? { ...member, required: false } : member,
  ]);
  return { ...shape, members: Object.fromEntries(members) };
}

function checkArgs(inputs: Inputs): Problem[] {
  const ofJob = ["type", "details", "upload", "triggers"];
  return Object.entries(inputs).flatMap(([name, value]): Problem[] => {
    if (value === undefined || value === null || name.startsWith("__") || ofJob.includes(name)) return [];
    if (Object.hasOwn(args, name)) return validate(args[name]!.shape, value, [name]);
    const known = [...ofJob, ...Object.keys(args)].join(", ");
    return [problem([name], "unknown-member", `is not an argument of a Job, which has ${known}`)];
  });
}

/** Triggers may be any values except archives, which state does not return unchanged. */
function checkTriggers(value: unknown, path: Path): Problem[] {
  if (value === ARCHIVE) {
    return [problem(path, "archive-not-asset", "is an archive; use its files as separate assets")];
  }
  if (Array.isArray(value)) return value.flatMap((item, index) => checkTriggers(item, [...path, index]));
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([name, held]) => checkTriggers(held, [...path, name]));
}

async function checkUpload(
  inputs: Inputs,
  jobType: JobType | undefined,
  bodies: UploadBodies,
): Promise<Problem[]> {
  const { upload: source } = inputs;
  const path = ["upload"];
  if (!jobType || source === UNKNOWN) return [];
  const { type, upload } = jobType;
  const isGiven = source !== undefined && source !== null;
  if (!upload) {
    const message = `is not used by a job of type ${type}, which uploads nothing`;
    return isGiven ? [problem(path, "unused-upload", message)] : [];
  }
  if (!isGiven) {
    return [problem(path, "missing-member", `is required in a job of type ${type}: ${upload.body}`)];
  }
  if (!isBodySource(source)) {
    const kind =
      isRecord(source) || source === ARCHIVE ? "an archive or another object" : describeKind(source);
    const message = `must be one asset (a file, a text or a remote file), not ${kind}`;
    return [problem(path, "not-an-asset", message)];
  }
  try {
    return await checkBody(source, inputs, jobType, upload, bodies);
  } catch (error) {
    return [problem(path, "unreadable-upload", `cannot be read: ${reasonOf(error)}`)];
  }
}

async function checkBody(
  source: BodySource,
  inputs: Inputs,
  { detailsKey, details: shape }: JobType,
  upload: Upload,
  bodies: UploadBodies,
): Promise<Problem[]> {
  const size = await bodies.size(source);
  if (size > upload.maxBytes) {
    const message = `is ${size} bytes long; the service accepts at most ${upload.maxBytes}`;
    return [problem(["upload"], "too-many-bytes", message)];
  }
  const details = inputs.details as Record<string, Record<string, unknown> | undefined> | undefined;
  const md5 = details?.[detailsKey]?.[upload.md5];
  if (typeof md5 !== "string" || validate(shape.members[upload.md5]!.shape, md5).length > 0) return [];
  if ((await bodies.md5(source)) === md5) return [];
  const message = "is not the MD5 of the uploaded body; leave it out, and it is computed";
  return [problem(["details", detailsKey, upload.md5], "wrong-md5", message)];
}

/** A body with a hash and without a source comes from state. */
const isBodySource = (value: unknown): value is BodySource =>
  typeof value === "object" && value !== null && "hash" in value && typeof value.hash === "string";
