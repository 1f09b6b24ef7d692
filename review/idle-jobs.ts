/** Jobs that run nothing and yet change: deleted, cancelled, updated. */
import { findJobType } from "../service-model/job-types";
import type { Known } from "./preview-index";
import { isTakenAway, leftBy } from "./left";
import type { Phrase } from "./rich-text";
import { count, name, names, say } from "./rich-text";
import type { State, Step } from "./parse-preview";
import { isSame } from "./preview-values";

export function describeStill(
  action: "delete" | "cancel" | "update",
  { old, new: declared }: Step & { old: State },
  known: Known,
): Phrase {
  if (action === "update") return describeUpdate(old, declared!);
  if (old.retainOnDelete) return ["leaves the stack and is otherwise left alone (retainOnDelete)"];
  if (action === "cancel") {
    const assets = findJobType(old.outputs.type)?.createsAssets && isTakenAway(old);
    return say`is deleted; its job, left in ${name(old.outputs.state)}, is cancelled if it has not been started${assets && ", and its assets are deleted if it has completed"}`;
  }
  return say`is deleted${describeAssets(old, known)}`;
}

/** A job that a replacement left in state for its deletion; nothing is told of one whose deletion takes nothing away. */
export function describeLeftover(old: State, known: Known): Phrase | undefined {
  const assets = isTakenAway(old) ? describeAssets(old, known) : [];
  return assets.length > 0 ? say`was replaced before, and what it was then is deleted${assets}` : undefined;
}

/** The assets that go with the resource; nothing where they cannot be known. */
export const takenAway = (old: State): readonly string[] | undefined => (isTakenAway(old) ? leftBy(old) : []);

function describeAssets(old: State, known: Known): Phrase {
  const left = leftBy(old);
  if (left?.length === 0) return [];
  const number = left ? count(left.length, "asset") : "the assets";
  const verb = (many: string) => (left?.length !== 1 ? many : many === "go" ? "goes" : "stays");
  const place = known.goingPlace(old.outputs.details);
  if (place) {
    const what = place.type.endsWith(":DataSet") ? "data set" : "revision";
    return say`; ${number} that it made ${verb("go")} with ${what} ${name(place.name)}`;
  }
  return isTakenAway(old)
    ? say`, and with it ${number} that it made, unless their revision is finalized`
    : say`; ${number} that it made ${verb("stay")}`;
}

function describeUpdate(old: State, { inputs }: State): Phrase {
  const members = [...new Set([...Object.keys(old.inputs), ...Object.keys(inputs)])];
  const changed = members.filter(
    (member) => !member.startsWith("__") && !isSame(old.inputs[member], inputs[member]),
  );
  return say`is updated in place${changed.length > 0 && say`: ${names(changed)}`}; nothing runs`;
}
