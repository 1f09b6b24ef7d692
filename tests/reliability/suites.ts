import { contentPart } from "./content/part";
import { crashes } from "./crashes/part";
import { faults } from "./faults/part";
import type { Part } from "./frame/suite";
import { fuzz } from "./fuzz/part";
import { lagPart } from "./lag/part";
import { reviewPart } from "./review/part";
import { secretsPart } from "./secrets/part";
import { soakPart } from "./soak/part";
import { upgradePart } from "./upgrade/part";

/** The parts of `npm run prove`, in the order in which they run. */
export const parts: readonly Part[] = [
  faults,
  crashes,
  lagPart,
  contentPart,
  secretsPart,
  fuzz,
  reviewPart,
  soakPart,
  upgradePart,
];
