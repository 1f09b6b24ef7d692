/** Which tags AWS takes: the same ones that the table of job types allows for assets. */
import { assetConfiguration } from "../../service-model/shared-shapes";
import { validateAsService } from "../../service-model/validate";
import { invalid } from "../http/service-error";
import type { Tags } from "../state/records";

/** Refuses what is none of AWS's tags; `tags` are all that the resource would have. */
export function refuseWrongTags(tags: Tags = {}): void {
  const listed = Object.entries(tags).map(([key, value]) => ({ key, value }));
  const [problem] = validateAsService(assetConfiguration, { tags: listed });
  if (!problem) return;
  const { path, message } = problem;
  const [, , member] = path;
  throw invalid(member === undefined ? `Tags ${message}.` : `The ${String(member)} of a tag ${message}.`);
}
