/**
 * Jobs that `pulumi import` has brought into the stack. The service shows neither what was uploaded nor the credentials nor
 * the settings of a resource, so those are read from the inputs of the last run.
 */
import { findJobType } from "../../service-model/job-types";
import { isRecord } from "../../service-model/validate";
import { args } from "../core/arguments";
import { requestedSecrets } from "../core/job-details";
import { normalText } from "../core/normalize";
import type { BodySource } from "../core/ports";
import { importMark, isImported } from "./import-mark";
import type { Props } from "./resource";

/** The inputs of a job that was created elsewhere. */
export function importedInputs(outputs: Props): Props {
  const names = ["type", "details", "assetConfiguration", "region"].filter((name) => name in outputs);
  return { ...Object.fromEntries(names.map((name) => [name, outputs[name]])), [importMark]: true };
}

/** Why the job cannot be imported: the next `up` would run it. */
export const importObstacle = ({ state }: Props): string | undefined =>
  state === "COMPLETED" ? undefined : `The state of the job is ${String(state)} and not COMPLETED`;

/** The state with what only the inputs of the last run contain. A job that a program has created needs none of it. */
export function completeState(state: Props, inputs: Props): Props {
  const { hash } = (inputs.upload ?? {}) as Partial<BodySource>;
  const known = ["triggers", ...Object.keys(args)].filter(
    (name) => state[name] === undefined && inputs[name] !== undefined,
  );
  return {
    ...state,
    ...Object.fromEntries(known.map((name) => [name, inputs[name]])),
    ...(state.uploadHash === undefined && hash !== undefined && { uploadHash: hash }),
    ...withCredentials(state, inputs),
  };
}

function withCredentials(state: Props, inputs: Props): { details?: object } {
  const jobType = findJobType(state.type);
  const [was, is] = [state, inputs].map((values) => detailsOf(values));
  if (!jobType || !was || !is) return {};
  const hidden = requestedSecrets(jobType).filter(
    (name) => was[name] === undefined && is[name] !== undefined,
  );
  if (hidden.length === 0) return {};
  const own = { ...was, ...Object.fromEntries(hidden.map((name) => [name, is[name]])) };
  return { details: { [jobType.detailsKey]: own } };
}

function detailsOf({ type, details }: Props): Props | undefined {
  const own = isRecord(details) ? details[findJobType(type)?.detailsKey ?? ""] : undefined;
  return isRecord(own) ? own : undefined;
}

/**
 * Inputs of the last run, for `completeState`. Those of an import lack what the service does not show; the program's are
 * then taken to be the same, with a body only if its MD5 is that of the job.
 */
export function inputsOfLastRun(state: Props, inputs: Props, news: Props, md5: string | undefined): Props {
  if (!isImported(inputs)) return inputs;
  const upload = findJobType(state.type)?.upload;
  const isSameBody = upload !== undefined && md5 !== undefined && detailsOf(state)?.[upload.md5] === md5;
  return { ...news, upload: isSameBody ? news.upload : undefined };
}

/** Whether the inputs are those of an imported job whose body the program does not give, because it stays as it is. */
export function lacksImportedBody(olds: Props, news: Props): boolean {
  const jobType = findJobType(news.type);
  if (!jobType?.upload || !isImported(olds)) return false;
  if (news.upload !== undefined && news.upload !== null) return false;
  const [was, is] = [olds, news].map((values) =>
    normalText(jobType.details, detailsOf(values), ({ fromUpload, secret }) => Boolean(fromUpload || secret)),
  );
  return was === is;
}
