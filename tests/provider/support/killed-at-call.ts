import type { Operation, Simulator } from "./simulator";

const operations: readonly (string | symbol)[] = [
  "createJob",
  "startJob",
  "getJob",
  "cancelJob",
  "listJobs",
  "listRevisionAssets",
  "deleteAsset",
  "getRevision",
  "setFinalized",
  "put",
] satisfies Operation[];

const killed = Symbol("killed");

/** Whether the process that sees the service so has been killed. */
export const isKilled = (service: Simulator): boolean => Reflect.get(service, killed) === true;

const never = new Promise<never>(() => undefined);

/** The service as a process sees it that is killed during its `last` call, before or after that takes effect. */
export function mortal(service: Simulator, last: number, takesEffect: boolean): Simulator {
  let calls = 0;
  return new Proxy(service, {
    get(target, name) {
      if (name === killed) return calls >= last;
      const held: unknown = Reflect.get(target, name);
      if (typeof held !== "function" || !operations.includes(name)) return held;
      return async (...args: unknown[]) => {
        calls++;
        if (calls > last || (calls === last && !takesEffect)) return never;
        const answer: unknown = await Reflect.apply(held, target, args);
        return calls < last ? answer : never;
      };
    },
  });
}
