/**
 * A component's arguments on their way to its `initialize`. The engine would keep whatever it is given in state,
 * documents and keys in clear among them, so it is given nothing: members under a symbol do not travel.
 */
import type { Inputs } from "@pulumi/pulumi";

const args = Symbol("args");

export const hideArgs = (given: object): Inputs => ({ [args]: given });

export const readArgs = <T>(inputs: Inputs): T => (inputs as { [args]: T })[args];
