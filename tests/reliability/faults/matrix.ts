/** Runs cells of the fault matrix, many side by side, each with a service of its own. */
import { TestService } from "../../harness/service";
import { EngineStack } from "../engine/stack";
import { openProxy } from "../frame/proxy";
import { recordsVariable, withRecords } from "../frame/records";
import { sideBySide } from "../frame/worker-pool";
import { Host } from "../host/host";
import { HostStack } from "../host/stack";
import { environment } from "../secrets/seeded-secrets";
import type { Leak, Secrets } from "../secrets/secrets";
import { plantSignedUrls } from "../secrets/signed-urls";
import type { Cell, CellResult } from "./case";
import { nameOf, neverCalled, runCell } from "./case";
import { isSuccess } from "./empty";
import { durations, emptyNames, faultNames, hanging, isEmptyName } from "./faults";
import { onHost } from "./host-stack";
import { lives } from "./scenarios";
import type { Stack } from "./fixture";

/** Cells wait most of the time, for the pauses between tries and for calls that hang. */
const cellsAtOnce = 24;
const enginesAtOnce = 2;

const cellsOf = (names: readonly Cell["fault"][]): Cell[] =>
  lives.flatMap((life) =>
    life.calls.flatMap((call) =>
      names.flatMap((fault) => durations.map((duration) => ({ life, call, fault, duration }))),
    ),
  );

export const allCells: readonly Cell[] = cellsOf(faultNames);

/** Each call answered without content; the provider never makes the calls that are left out. */
export const emptyCells: readonly Cell[] = cellsOf(emptyNames).filter(
  ({ call, fault }) => !neverCalled.includes(call) && !(isEmptyName(fault) && isSuccess(call, fault)),
);

/**
 * For each call one failure that passes and one that does not: where the real engine has a part in the outcome. A job
 * that the engine has registered has no record any more, so `takeover` is left to the crashes.
 */
export const engineCells: readonly Cell[] = allCells.filter(
  ({ life, fault, duration }) =>
    life.name !== "takeover" &&
    ((fault === "500" && duration === "for a while") || (fault === "403" && duration === "for good")),
);

type OnDone = (result: CellResult) => void;

/** What a cell runs on. */
interface Ground {
  readonly stack: Stack;
  /** Another process from now on, which knows nothing of what went before. */
  readonly anew: () => void;
  /** Looks for secrets in what is not the service's. */
  readonly search: () => Leak[];
}

/**
 * Three hosts serve all cells: one what comes before the fault, one the struck runs, one the runs after it. To every
 * single cell they are processes that know nothing of each other.
 */
export const runOnHosts = (cells: readonly Cell[], secrets: Secrets, onDone: OnDone): Promise<CellResult[]> =>
  withRecords((records) => runBeside(records, cells, secrets, onDone));

async function runBeside(
  records: string,
  cells: readonly Cell[],
  secrets: Secrets,
  onDone: OnDone,
): Promise<CellResult[]> {
  const env = { ...environment, [recordsVariable]: records };
  const hosts = await Promise.all([1, 2, 3].map(() => Host.start(env)));
  // Calls that hang take a minute or more, so they come first.
  const hangs = ({ fault }: Cell) => Number(hanging.includes(fault));
  const longestFirst = [...cells].sort((a, b) => hangs(b) - hangs(a));
  const places = Array.from({ length: Math.min(cellsAtOnce, cells.length) });
  try {
    return await sideBySide(places, longestFirst, async (_, cell) => {
      const following = cell.life.prepare ? [...hosts] : hosts.slice(1);
      const stack = new HostStack(following.shift()!, nameOf(cell));
      const result = await runInWorld(cell, secrets, {
        stack: onHost(stack),
        anew: () => (stack.host = following.shift()!),
        search: () => secrets.search("state", stack.stateText()),
      });
      onDone(result);
      return result;
    });
  } finally {
    for (const host of hosts) {
      secrets.search("output of the host", host.output);
      secrets.search("messages to the engine", host.messages.join("\n"));
      await host.stop();
    }
  }
}

/** On the real engine, every run of which has a host of its own. */
export async function runOnEngines(
  cells: readonly Cell[],
  secrets: Secrets,
  onDone: OnDone,
): Promise<CellResult[]> {
  const stacks: EngineStack[] = [];
  try {
    for (let opened = 0; opened < enginesAtOnce; opened++) stacks.push(await EngineStack.open(secrets));
    return await sideBySide(stacks, cells, async (stack, cell) => {
      await stack.loseState();
      const search = () => stack.search();
      const result = await runInWorld(cell, secrets, { stack, anew: () => undefined, search });
      onDone(result);
      return result;
    });
  } finally {
    for (const stack of stacks) await stack.close();
  }
}

async function runInWorld(
  cell: Cell,
  secrets: Secrets,
  { stack, anew, search }: Ground,
): Promise<CellResult> {
  const access: string[] = [];
  const service = await TestService.start({
    jobDuration: 0,
    onRequest: (entry) => access.push(JSON.stringify(entry)),
  });
  const proxy = isEmptyName(cell.fault) ? await openProxy(service.local.endpoint) : undefined;
  try {
    await service.createBucket("source", { "a.csv": "1" });
    const stage = {
      service,
      stack: at(proxy?.url ?? service.local.endpoint, stack),
      place: await service.createEmptyRevision(cell.life.assetType),
      proxy,
      known: {},
    };
    const result = await runCell(stage, cell, anew);
    await plantSignedUrls(service, secrets);
    const leaks = [
      ...search(),
      ...secrets.search("messages of failures", result.message ?? ""),
      ...secrets.search("access log", access.join("\n")),
      ...secrets.search("record of requests", JSON.stringify(service.local.requests)),
    ];
    const found = leaks.map(({ secret, place, around }) => `the ${secret} is in the ${place}: ${around}`);
    return { ...result, broken: [...result.broken, ...found] };
  } catch (error) {
    throw new Error(`${nameOf(cell)}: ${(error as Error).message}`, { cause: error });
  } finally {
    await proxy?.close();
    await service.stop();
  }
}

/** The same stack, whose jobs are made at one service. */
const at = (endpoint: string, stack: Stack): Stack => ({
  up: (args) => stack.up(args && { ...args, endpoint }),
  changes: (args) => stack.changes({ ...args, endpoint }),
  refresh: () => stack.refresh(),
  job: () => stack.job(),
  isEmpty: () => stack.isEmpty(),
  loseState: () => stack.loseState(),
});
