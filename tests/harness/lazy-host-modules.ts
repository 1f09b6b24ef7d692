/**
 * Preloaded into the processes that an engine of the tests starts. The SDK's host of dynamic providers loads the TypeScript
 * compiler and npm's reader of installed packages, two thirds of its start, for providers that were serialized from
 * closures. No program here has one, and every run of the engine starts a host anew: so both are loaded when they are
 * first used.
 */
import Module from "node:module";

const seldomUsed = new Set(["typescript", "@npmcli/arborist"]);

type Load = (request: string, parent: unknown, isMain: boolean) => unknown;
const modules = Module as unknown as { _load: Load };
const load = modules._load;

modules._load = (request, parent, isMain) => {
  if (!seldomUsed.has(request)) return load(request, parent, isMain);
  const found = () => load(request, parent, isMain) as object;
  // What imports it as a whole takes it as it is, and copies nothing, because it says that it is an ES module.
  const get = (_: object, name: string | symbol): unknown =>
    name === "__esModule" ? true : (Reflect.get(found(), name) as unknown);
  return new Proxy({}, { get });
};
