import { list, string } from "../../service-model/shape";
import { UNKNOWN } from "../../service-model/validate";
import { FinalizationResource } from "../host/finalization-resource";
import { findChanges } from "./changes";
import type { Kind } from "./kind";

const finalizationInputs = [
  "dataSetId",
  "revisionId",
  "assetCount",
  "region",
  "profile",
  "assumeRole",
  "endpoint",
];

export const finalizationKind: Kind = {
  open: (host) => new FinalizationResource(host),
  jobs: () => [],
  secretOutputs: (secrets) => [...secrets],
  foresee: (inputs, state) => ({ ...state, ...inputs, finalized: UNKNOWN }),
  present: (state) => state,
  complete: (state) => state,
  causes: () => [["finalized"]],
  changes: (state, _, news) => [
    ...findChanges(list(string(), { set: true }), state.jobs, news.jobs, ["jobs"]),
    ...finalizationInputs.flatMap((name) => findChanges(undefined, state[name], news[name], [name])),
  ],
};
