/**
 * Preloaded into the processes that an engine of the tests starts. The SDK's host of dynamic providers loads the TypeScript
 * compiler and npm's reader of installed packages for providers that were serialized from closures. That takes two thirds
 * of its start, every run of the engine starts a host, and no program here has such a provider. So both are loaded when
 * they are first used.
 */
import Module from "node:module";

const rarelyUsed = new Set(["typescript", "@npmcli/arborist"]);

type Load = (request: string, parent: unknown, isMain: boolean) => unknown;
const modules = Module as unknown as { _load: Load };
const load = modules._load;

modules._load = (request, parent, isMain) => {
  if (!rarelyUsed.has(request)) return load(request, parent, isMain);
  const found = () => load(request, parent, isMain) as object;
  // An import of the whole module does not copy the members of an ES module.
  const get = (_: object, name: string | symbol): unknown =>
    name === "__esModule" ? true : (Reflect.get(found(), name) as unknown);
  return new Proxy({}, { get });
};
