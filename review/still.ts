/** Jobs that run nothing and yet change: deleted, cancelled, updated. */
import { findJobType } from "../provider/model/job-types";
import type { Known } from "./known";
import type { Phrase } from "./phrase";
import { count, name, names, say } from "./phrase";
import type { State, Step } from "./preview";
import { isSame, isSecret, listOf } from "./values";

export function describeStill(
  action: "delete" | "cancel" | "update",
  { old, new: declared }: Step & { old: State },
  known: Known,
): Phrase {
  if (action === "update") return describeUpdate(old, declared!);
  if (old.retainOnDelete) return ["leaves the stack and is otherwise left alone (retainOnDelete)"];
  if (action === "cancel") {
    return say`is deleted; its job, left in ${String(old.outputs.state)}, is cancelled if it has not been started`;
  }
  return say`is deleted${findJobType(old.outputs.type)?.makes && describeAssets(old, known)}`;
}

function describeAssets({ outputs }: State, known: Known): Phrase {
  const { assets, onDelete, details } = outputs;
  const number = isSecret(assets) ? "the assets" : count(listOf(assets).length, "asset");
  if (listOf(assets).length === 0 && !isSecret(assets)) return [];
  const verb = (many: string) => (listOf(assets).length !== 1 ? many : many === "go" ? "goes" : "stays");
  const place = known.goingPlace(details);
  if (place) {
    const what = place.type.endsWith(":DataSet") ? "data set" : "revision";
    return say`; ${number} that it made ${verb("go")} with ${what} ${name(place.name)}`;
  }
  return onDelete === "deleteAssets"
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
