/** The host's stack, as the lives use one. */
import type { HostStack } from "../host/stack";
import type { Stack } from "./fixture";

export const onHost = (stack: HostStack): Stack => ({
  up: (args) => stack.up(args),
  refresh: () => stack.refresh(),
  job: () => Promise.resolve(stack.resource && { id: stack.resource.id, outputs: stack.resource.outputs }),
  isEmpty: () => Promise.resolve(stack.isEmpty),
  changes: (args) => stack.changes(args),
  loseState: () => Promise.resolve(stack.loseState()),
});
