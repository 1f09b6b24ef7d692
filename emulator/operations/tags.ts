import { invalid, notFound } from "../state/api-error";
import type { Tags } from "../state/records";
import type { RegionState } from "../state/region-state";
import type { Handlers } from "./handler";
import { assetConfiguration } from "../../service-model/shared-shapes";
import { validateAsService } from "../../service-model/validate";

interface ByArn {
  readonly resourceArn: string;
}

interface Tagged {
  readonly arn: string;
  tags?: Tags;
}

export const tagHandlers = {
  ListTagsForResource: (input, { state }) => ({ tags: find(input, state).tags ?? {} }),

  TagResource: ({ tags, ...input }, { state }) => {
    const resource = find(input, state);
    refuseEntitled(resource);
    const all = { ...resource.tags, ...tags };
    assertValidTags(all);
    resource.tags = all;
  },

  UntagResource: ({ tagKeys, ...input }, { state }) => {
    const resource = find(input, state);
    refuseEntitled(resource);
    const kept = Object.entries(resource.tags ?? {}).filter(([key]) => !tagKeys.includes(key));
    resource.tags = Object.fromEntries(kept);
  },
} satisfies Partial<Handlers>;

/** Source: user guide, "Data sets", tags: entitled data sets cannot be tagged. Their ARNs name no account. */
function refuseEntitled({ arn }: Tagged): void {
  if (/^arn:aws:dataexchange:[^:]*::/.test(arn)) throw invalid(`${arn} is entitled and cannot be tagged.`);
}

const path =
  /^arn:aws:dataexchange:[a-z0-9-]+:\d*:([a-z-]+)\/([^/]+)(?:\/revisions\/([^/]+))?(?:\/assets\/([^/]+))?$/;

function find({ resourceArn }: ByArn, state: RegionState): Tagged {
  const [, kind, id, revisionId, assetId] = path.exec(resourceArn) ?? [];
  if (!kind || !id) throw invalid("ResourceArn must be the ARN of a resource that can be tagged.");
  const found = lookUp(state, kind, id, revisionId, assetId);
  // An ARN of another account or region is another resource, even with the same id.
  if (found?.arn !== resourceArn) throw notFound(resourceType(kind, revisionId, assetId), resourceArn);
  return found;
}

function lookUp(state: RegionState, kind: string, id: string, revisionId?: string, assetId?: string) {
  if (kind === "event-actions") return state.eventActions.get(id);
  if (kind === "data-grants") return state.dataGrants.get(id);
  if (kind !== "data-sets") throw invalid(`A resource of the kind ${kind} cannot be tagged.`);
  const dataSet = state.dataSets.get(id) ?? state.entitledDataSets.get(id);
  if (revisionId === undefined) return dataSet;
  const revision = dataSet?.revisions.get(revisionId);
  return assetId === undefined ? revision : revision?.assets.get(assetId);
}

const resourceType = (kind: string, revisionId?: string, assetId?: string) =>
  kind === "event-actions"
    ? "EVENT_ACTION"
    : kind === "data-grants"
      ? "DATA_GRANT"
      : assetId !== undefined
        ? "ASSET"
        : revisionId !== undefined
          ? "REVISION"
          : "DATA_SET";

/** Refuses tags that AWS does not allow, by the shape of assets' tags; `tags` are all tags that the resource would have. */
export function assertValidTags(tags: Tags = {}): void {
  const listed = Object.entries(tags).map(([key, value]) => ({ key, value }));
  const [problem] = validateAsService(assetConfiguration, { tags: listed });
  if (!problem) return;
  const { path, message } = problem;
  const [, , member] = path;
  throw invalid(member === undefined ? `Tags ${message}.` : `The ${String(member)} of a tag ${message}.`);
}
