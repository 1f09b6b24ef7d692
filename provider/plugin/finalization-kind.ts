import { CodedError } from "../../lib/message-code";
import { list, string } from "../../service-model/shape";
import { UNKNOWN } from "../../service-model/validate";
import { FinalizationResource } from "../host/finalization-resource";
import { findChanges } from "./changes";
import { importMark } from "../host/import-mark";
import type { Kind } from "./kind";
import type { Props } from "./values";

const finalizationInputs = [
  "jobs",
  "dataSetId",
  "revisionId",
  "assetCount",
  "region",
  "profile",
  "assumeRole",
  "endpoint",
];

/** The id is `dataSetId:revisionId`. */
function identify(id: string, region: string | undefined): Props {
  const [, dataSetId, revisionId] = /^(\w+):(\w+)$/.exec(id) ?? [];
  if (dataSetId !== undefined) return { dataSetId, revisionId, region };
  const text =
    "A RevisionFinalization is imported by the ids of its data set and its revision, as dataSetId:revisionId.";
  throw new CodedError({ code: "wrong-import-id", text });
}

/** The service does not show which jobs had to complete. */
const importedInputs = ({ dataSetId, revisionId, region }: Props): Props => ({
  ...{ dataSetId, revisionId, jobs: [], region },
  [importMark]: true,
});

const importObstacle = ({ finalized }: Props): string | undefined =>
  finalized === true ? undefined : "The revision is not finalized";

/** An imported finalization has what the service does not show in the inputs of the last run only. */
const complete = (state: Props, inputs: Props): Props => ({
  ...Object.fromEntries(finalizationInputs.map((name) => [name, state[name] ?? inputs[name]])),
  ...state,
});

export const finalizationKind: Kind = {
  open: (host) => new FinalizationResource(host),
  jobs: () => [],
  secretOutputs: (secrets) => [...secrets],
  foresee: (inputs, state) => ({ ...state, ...inputs, finalized: UNKNOWN }),
  present: (state) => state,
  import: { identify, inputs: importedInputs, obstacle: importObstacle },
  complete,
  causes: () => [{ path: ["finalized"], kind: "UPDATE" }],
  changes: (state, _, news) => [
    ...findChanges(list(string(), { set: true }), state.jobs, news.jobs, ["jobs"]),
    ...finalizationInputs
      .filter((name) => name !== "jobs")
      .flatMap((name) => findChanges(undefined, state[name], news[name], [name])),
  ],
};
