/**
 * Preloaded into the processes that an engine of the tests starts. The SDK's host of dynamic providers loads the TypeScript
 * compiler and npm's reader of installed packages for providers that were serialized from closures, and the Automation API
 * for programs. Loading them takes two thirds of the host's start, and every run of the engine starts a host. The tests have
 * no such provider or program, so all are loaded at their first use.
 */
import Module from "node:module";
import { join } from "node:path";

const rarelyUsed = new Set(["typescript", "@npmcli/arborist"]);
const automation = join("@pulumi", "pulumi", "index.js");

const isRarelyUsed = (request: string, parent?: { filename?: string | null }): boolean =>
  rarelyUsed.has(request) || (request === "./automation" && parent?.filename?.endsWith(automation) === true);

type Load = (request: string, parent: { filename?: string | null } | undefined, isMain: boolean) => unknown;
const modules = Module as unknown as { _load: Load };
const load = modules._load;

modules._load = (request, parent, isMain) => {
  if (!isRarelyUsed(request, parent)) return load(request, parent, isMain);
  const loaded = () => load(request, parent, isMain) as object;
  // Without `__esModule`, `import *` would copy the members that the proxy lists, which are none.
  const get = (_: object, name: string | symbol): unknown =>
    name === "__esModule" ? true : (Reflect.get(loaded(), name) as unknown);
  return new Proxy({}, { get });
};
