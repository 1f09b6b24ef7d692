/** Jobs that run nothing and yet change: deleted, cancelled, updated. */
import { findJobType } from "../provider/model/job-types";
import type { Phrase } from "./phrase";
import { count, names, say } from "./phrase";
import type { State } from "./preview";
import { isSame, isSecret, listOf } from "./values";

export function describeStill(action: "delete" | "cancel" | "update", old: State, declared?: State): Phrase {
  if (action === "update") return describeUpdate(old, declared!);
  if (old.retainOnDelete) return ["leaves the stack and is otherwise left alone (retainOnDelete)"];
  if (action === "cancel") {
    return say`is deleted; its job, left in ${String(old.outputs.state)}, is cancelled if it has not been started`;
  }
  return say`is deleted${findJobType(old.outputs.type)?.makes && describeAssets(old)}`;
}

function describeAssets({ outputs }: State): Phrase {
  const { assets, onDelete } = outputs;
  const number = isSecret(assets) ? "the assets" : count(listOf(assets).length, "asset");
  if (listOf(assets).length === 0 && !isSecret(assets)) return [];
  return onDelete === "deleteAssets"
    ? say`, and with it ${number} that it made, unless their revision is finalized`
    : say`; ${number} that it made ${listOf(assets).length === 1 ? "stays" : "stay"}`;
}

function describeUpdate(old: State, { inputs }: State): Phrase {
  const members = [...new Set([...Object.keys(old.inputs), ...Object.keys(inputs)])];
  const changed = members.filter(
    (member) => !member.startsWith("__") && !isSame(old.inputs[member], inputs[member]),
  );
  return say`is updated in place${changed.length > 0 && say`: ${names(changed)}`}; nothing runs`;
}
