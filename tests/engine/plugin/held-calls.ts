/** A proxy to the service that does not answer one call of each resource, so that each waits in another phase. */
import type { Answer, TestServer } from "../../harness/http";
import { callName, forwardRequest, startProxy } from "../../harness/http";
import { until } from "../../harness/processes";

/** How a resource is kept in its phase. */
export interface Hold {
  readonly call: string;
  /** The call takes effect, and only its answer is held back. Default: it has no effect. */
  readonly hasEffect?: boolean;
  /** The call is answered with this error, each time. Default: it is not answered. */
  readonly error?: readonly [status: number, name: string, members?: object];
  /** The call is passed on after this. */
  readonly passAfter?: () => Promise<unknown>;
  /** How many of these calls come before the resource is in its phase. Default: 1. */
  readonly times?: number;
}

export interface HeldCalls extends TestServer {
  /** Requests with one of the ids are calls of the resource. */
  watch(resource: string, ids: readonly string[], hold: Hold): void;
  /** Waits until every watched resource is in its phase. */
  reached(...resources: string[]): Promise<void>;
  /** Passes on all calls from now on. Calls that are held break. */
  open(): void;
}

export async function openHeldCalls(to: string): Promise<HeldCalls> {
  const owners = new Map<string, string>();
  const holds = new Map<string, Hold>();
  const counts = new Map<string, number>();
  const waiting: (() => void)[] = [];
  const isReached = (resource: string) => (counts.get(resource) ?? 0) >= (holds.get(resource)?.times ?? 1);

  const server = await startProxy(async (request, body) => {
    const call = callName(request);
    const text = `${request.url} ${body.toString("latin1")}`;
    const resource = [...owners].find(([id]) => text.includes(id))?.[1];
    const hold = resource === undefined ? undefined : holds.get(resource);
    const forward = async () => {
      const answer = await forwardRequest(to, request, body);
      if (call === "CreateJob" && resource !== undefined && answer.status === 201)
        owners.set((JSON.parse(answer.body) as { Id: string }).Id, resource);
      return answer;
    };
    if (resource === undefined || hold?.call !== call) return forward();
    await hold.passAfter?.();
    const answer = hold.hasEffect || hold.passAfter ? await forward() : undefined;
    counts.set(resource, (counts.get(resource) ?? 0) + 1);
    if (hold.error) return errorAnswer(...hold.error);
    if (hold.passAfter) return answer;
    return new Promise<undefined>((resolve) => waiting.push(() => resolve(undefined)));
  });
  return {
    ...server,
    watch(resource, ids, hold) {
      for (const id of ids) owners.set(id, resource);
      holds.set(resource, hold);
    },
    reached: (...resources) =>
      until(() => (resources.length > 0 ? resources : [...holds.keys()]).every(isReached)),
    open() {
      holds.clear();
      counts.clear();
      for (const answer of waiting.splice(0)) answer();
    },
  };
}

const errorAnswer = (status: number, name: string, members = {}): Answer => ({
  status,
  headers: { "content-type": "application/json", "x-amzn-errortype": name },
  body: JSON.stringify({ Message: "The test refuses the call.", ...members }),
});
