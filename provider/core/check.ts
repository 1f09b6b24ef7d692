/** Everything that is wrong with a Job's inputs, found before anything runs. */
import type { JobType, Upload } from "../../service-model/job-type";
import { findJobType, jobTypes } from "../../service-model/job-types";
import type { Member, StructShape } from "../../service-model/shape";
import type { Path, Problem } from "../../service-model/validate";
import { ARCHIVE, UNKNOWN, describeKind, isRecord, validate } from "../../service-model/validate";
import type { UploadBodies, BodySource } from "./ports";
import { args } from "./arguments";

type Inputs = Readonly<Record<string, unknown>>;

/**
 * Problems of the inputs as the program gave them; unknown values are `UNKNOWN`, bodies are `BodySource`s. Never
 * throws: what cannot be read is a problem too.
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
  if (jobType || type === UNKNOWN) return [];
  if (type === undefined || type === null) return [{ path: ["type"], message: "is required" }];
  const known = jobTypes.map((entry) => entry.type).join(", ");
  return [{ path: ["type"], message: `must be one of ${known}, not ${describeKind(type)}` }];
}

function checkDetails(details: unknown, jobType: JobType | undefined): Problem[] {
  if (details === UNKNOWN) return [];
  if (details === undefined || details === null) {
    return [
      {
        path: ["details"],
        message: jobType ? `is required, with the member ${jobType.detailsKey}` : "is required",
      },
    ];
  }
  if (typeof details !== "object" || Array.isArray(details)) {
    return [{ path: ["details"], message: `must be an object, not ${describeKind(details)}` }];
  }
  // Without a type there is no telling which member is right; the type's own problem says enough.
  if (!jobType) return [];
  const members = Object.entries(details).filter(([, value]) => value !== undefined && value !== null);
  const { type, detailsKey } = jobType;
  const wrong = members
    .filter(([name]) => name !== detailsKey)
    .map(([name]) => ({
      path: ["details", name],
      message: `does not go with a job of type ${type}, which takes ${detailsKey} alone`,
    }));
  const own = members.find(([name]) => name === detailsKey);
  if (!own)
    return [...wrong, { path: ["details", detailsKey], message: `is required in a job of type ${type}` }];
  return [...wrong, ...validate(withoutUploaded(jobType.details), own[1], ["details", detailsKey])];
}

/** What the provider computes from the upload may be left out. */
function withoutUploaded(shape: StructShape): StructShape {
  const members = Object.entries(shape.members).map(([name, member]): [string, Member] => [
    name,
    member.fromUpload ? { ...member, required: false } : member,
  ]);
  return { ...shape, members: Object.fromEntries(members) };
}

function checkArgs(inputs: Inputs): Problem[] {
  return Object.entries(inputs).flatMap(([name, value]): Problem[] => {
    if (value === undefined || value === null || name.startsWith("__")) return [];
    if (["type", "details", "upload", "triggers"].includes(name)) return [];
    if (!Object.hasOwn(args, name)) {
      const known = ["type", "details", "upload", "triggers", ...Object.keys(args)].join(", ");
      return [{ path: [name], message: `is not known here; a Job takes ${known}` }];
    }
    return validate(args[name]!.shape, value, [name]);
  });
}

/** Triggers may be anything that comes back as it was given: an archive would not. */
function checkTriggers(value: unknown, path: Path): Problem[] {
  if (value === ARCHIVE) return [{ path, message: "is an archive; give its files as assets of their own" }];
  if (Array.isArray(value)) return value.flatMap((item, index) => checkTriggers(item, [...path, index]));
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([name, held]) => checkTriggers(held, [...path, name]));
}

async function checkUpload(
  inputs: Inputs,
  jobType: JobType | undefined,
  bodies: UploadBodies,
): Promise<Problem[]> {
  const { upload } = inputs;
  if (!jobType || upload === UNKNOWN) return [];
  const given = upload !== undefined && upload !== null;
  if (!jobType.upload) {
    return given
      ? [
          {
            path: ["upload"],
            message: `does not go with a job of type ${jobType.type}, which uploads nothing`,
          },
        ]
      : [];
  }
  if (!given) {
    return [
      { path: ["upload"], message: `is required in a job of type ${jobType.type}: ${jobType.upload.body}` },
    ];
  }
  if (!isBodySource(upload)) {
    return [
      {
        path: ["upload"],
        message: `must be one asset (a file, a text or a remote file), not ${
          isRecord(upload) || upload === ARCHIVE ? "an archive or another object" : describeKind(upload)
        }`,
      },
    ];
  }
  try {
    return await checkBody(upload, inputs, jobType, jobType.upload, bodies);
  } catch (error) {
    return [{ path: ["upload"], message: `cannot be read: ${(error as Error).message}` }];
  }
}

async function checkBody(
  source: BodySource,
  inputs: Inputs,
  jobType: JobType,
  upload: Upload,
  bodies: UploadBodies,
): Promise<Problem[]> {
  const size = await bodies.size(source);
  if (size > upload.maxBytes) {
    return [
      { path: ["upload"], message: `is ${size} bytes long; the service takes at most ${upload.maxBytes}` },
    ];
  }
  const details = (inputs.details as Record<string, Record<string, unknown> | undefined> | undefined)?.[
    jobType.detailsKey
  ];
  const given = details?.[upload.md5];
  if (typeof given !== "string" || validate(jobType.details.members[upload.md5]!.shape, given).length > 0)
    return [];
  const md5 = await bodies.md5(source);
  if (md5 === given) return [];
  return [
    {
      path: ["details", jobType.detailsKey, upload.md5],
      message: "is not the MD5 of what is uploaded; leave it out and it is computed",
    },
  ];
}

/** A body that has a hash but no place to read it from is one that came out of state. */
export const isBodySource = (value: unknown): value is BodySource =>
  typeof value === "object" && value !== null && "hash" in value && typeof value.hash === "string";
