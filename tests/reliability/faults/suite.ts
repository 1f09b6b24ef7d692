/** The fault matrix: every call × every fault × its duration. */
import { TestService } from "../../harness/service";
import { withSearchedStacks } from "../engine-stack";
import type { HostName } from "../../harness/host-differences";
import { Host, createRecordsFolder } from "../../harness/host";
import { SingleJobHostStack } from "../host-stack";
import { openInterceptingProxy } from "../proxy";
import type { Leak, Secrets } from "../../harness/secrets";
import { addSignedUrls } from "../../harness/secrets";
import type { Suite, SuiteContext, SuiteResult } from "../suite";
import { failuresOf, runInWorkers } from "../suite";
import type { CaseResult, FaultCase } from "./case";
import { caseName, runCase, uncalledOperations } from "./case";
import {
  emptyAnswers,
  faultDurations,
  faultNames,
  hangingFaults,
  isEmptyAnswer,
  isRegularSuccess,
} from "./faults";
import type { SingleJobStack } from "./scenarios";
import { scenarios } from "./scenarios";

export const faultsSuite: Suite = {
  name: "faults",
  title: "each call of a job's lifecycle × eleven faults × once, for a while, permanently",
  async run({ progress, secrets, host }: SuiteContext): Promise<SuiteResult> {
    const count = (where: string, { length }: readonly FaultCase[]) => {
      let [done, broken] = [0, 0];
      return (result: CaseResult) => {
        broken += Number(result.broken.length > 0);
        progress(`${++done} of ${length} cases on the ${where}, ${broken} broken`);
      };
    };
    const onHosts = await runOnHosts(allCases, secrets, host, count("host", allCases));
    const onEngines = await runOnEngines(engineCases, secrets, host, count("engine", engineCases));
    return matrixResult(onHosts, onEngines);
  },
};

export function matrixResult(
  results: readonly CaseResult[],
  onEngines: readonly CaseResult[],
  names: readonly FaultCase["fault"][] = faultNames,
): SuiteResult {
  const rowOf = ({ call, scenario }: FaultCase) => `${call} (${scenario.name})`;
  const byName = new Map(results.map((result) => [caseName(result.faultCase), result]));
  const cell = (row: string, fault: string) =>
    faultDurations.map((duration) => signOf(byName.get(`${row} × ${fault} × ${duration}`))).join(" ");
  const rows = [...new Set(results.map(({ faultCase }) => rowOf(faultCase)))];
  const onEngine = onEngines.map((result) => `${caseName(result.faultCase)} ${signOf(result)}`);
  const withName = ({ faultCase, ...rest }: CaseResult) => ({ faultCase: caseName(faultCase), ...rest });
  return {
    table: {
      head: ["call (scenario)", ...names],
      rows: rows.map((row) => [row, ...names.map((fault) => cell(row, fault))]),
    },
    notes: [
      "Each cell has three signs: for the fault once, for a while, and permanently. `✓`: the run succeeded; `k`: it failed and the job is in state; " +
        "`n`: it failed and no job was started; `–`: never called; `FAILED`: a guarantee was broken. After each `k` and `n` " +
        "one further run succeeded.",
      `On the real engine each call failed with 500 for a while and with 403 permanently: ${onEngine.join("; ")}.`,
    ],
    figures: {
      cases: results.length,
      "cases on the engine": onEngines.length,
      ...Object.fromEntries(
        Object.keys(signs).map((outcome) => [
          outcome,
          results.filter((result) => result.outcome === outcome).length,
        ]),
      ),
    },
    failures: [...results, ...onEngines].flatMap(({ faultCase, broken, message }) =>
      failuresOf(caseName(faultCase), broken, message),
    ),
    details: { host: results.map(withName), engine: onEngines.map(withName) },
  };
}

const signs = {
  succeeded: "✓",
  "failed with a job in state": "k",
  "failed without a job": "n",
  "never called": "–",
} as const;

const signOf = (result: CaseResult | undefined): string =>
  result === undefined ? "" : result.broken.length > 0 ? "FAILED" : signs[result.outcome];

/** Cases wait most of the time: between retries and for hanging calls. */
const maxConcurrentCases = 24;
const maxConcurrentEngines = 2;

const casesOf = (names: readonly FaultCase["fault"][]): FaultCase[] =>
  scenarios.flatMap((scenario) =>
    scenario.calls.flatMap((call) =>
      names.flatMap((fault) => faultDurations.map((duration) => ({ scenario, call, fault, duration }))),
    ),
  );

export const allCases: readonly FaultCase[] = casesOf(faultNames);

/** Each call answered without content, except for calls that the provider never makes. */
export const emptyAnswerCases: readonly FaultCase[] = casesOf(emptyAnswers).filter(
  ({ call, fault }) =>
    !uncalledOperations.includes(call) && !(isEmptyAnswer(fault) && isRegularSuccess(call, fault)),
);

/**
 * For each call one transient and one permanent fault on the real engine. The scenario `takeover` is left out because a
 * job that the engine has registered has no record; the crash matrix covers it.
 */
const engineCases: readonly FaultCase[] = allCases.filter(
  ({ scenario, fault, duration }) =>
    scenario.name !== "takeover" && ["500 for a while", "403 permanently"].includes(`${fault} ${duration}`),
);

type OnDone = (result: CaseResult) => void;

/** The process that runs a case. */
interface CaseProcess {
  readonly stack: SingleJobStack;
  /** Continues in a new process. */
  readonly restart: () => void;
  /** Searches the output of the stack for secrets. */
  readonly search: () => Leak[];
}

/**
 * Three hosts serve all cases: the first executes the runs before the fault, the second the runs with the fault, and the
 * third the runs after it. So each of these runs has its own process.
 */
export async function runOnHosts(
  cases: readonly FaultCase[],
  secrets: Secrets,
  host: HostName,
  onDone?: OnDone,
): Promise<CaseResult[]> {
  await using records = await createRecordsFolder();
  const hosts = await Promise.all([1, 2, 3].map(() => Host.start(records.path, { kind: host })));
  // Hanging calls take a minute or more, so they come first.
  const hangs = ({ fault }: FaultCase) => Number(hangingFaults.includes(fault));
  const longestFirst = [...cases].sort((a, b) => hangs(b) - hangs(a));
  const places = Array.from({ length: Math.min(maxConcurrentCases, cases.length) });
  try {
    return await runInWorkers(places, longestFirst, async (_, faultCase) => {
      const following = faultCase.scenario.prepare ? [...hosts] : hosts.slice(1);
      const stack = new SingleJobHostStack(caseName(faultCase));
      stack.host = following.shift()!;
      const result = await runWithService(faultCase, secrets, {
        stack,
        restart: () => (stack.host = following.shift()!),
        search: () => secrets.search("state", stack.readState()),
      });
      onDone?.(result);
      return result;
    });
  } finally {
    for (const each of hosts) {
      secrets.search("output of the host", each.output);
      secrets.search("messages to the engine", each.messages.join("\n"));
      await each[Symbol.asyncDispose]();
    }
  }
}

/** Runs the cases on the real engine, which starts a host for each run. */
const runOnEngines = (
  cases: readonly FaultCase[],
  secrets: Secrets,
  host: HostName,
  onDone: OnDone,
): Promise<CaseResult[]> =>
  withSearchedStacks(maxConcurrentEngines, secrets, host, (stacks) =>
    runInWorkers(stacks, cases, async (stack, faultCase) => {
      await stack.loseState();
      const search = () => stack.search();
      const result = await runWithService(faultCase, secrets, { stack, restart: () => undefined, search });
      onDone(result);
      return result;
    }),
  );

async function runWithService(
  faultCase: FaultCase,
  secrets: Secrets,
  { stack, restart, search }: CaseProcess,
): Promise<CaseResult> {
  const access: string[] = [];
  const onRequest = (entry: object) => access.push(JSON.stringify(entry));
  await using service = await TestService.start({ jobDuration: 0, onRequest });
  await using proxy = isEmptyAnswer(faultCase.fault)
    ? await openInterceptingProxy(service.local.endpoint)
    : undefined;
  try {
    await service.createBucket("source", { "a.csv": "1" });
    const revision = await service.createEmptyRevision(faultCase.scenario.assetType);
    const fixture = { service, stack, revision, proxy, endpoint: proxy?.url ?? service.endpoint };
    const result = await runCase(fixture, faultCase, restart);
    await addSignedUrls(service, secrets);
    const leaks = [
      ...search(),
      ...secrets.search("messages of failures", result.message ?? ""),
      ...secrets.search("access log", access.join("\n")),
      ...secrets.search("record of requests", JSON.stringify(service.local.requests)),
    ];
    const found = leaks.map(({ secret, place, around }) => `the ${secret} is in the ${place}: ${around}`);
    return { ...result, broken: [...result.broken, ...found] };
  } catch (error) {
    throw new Error(`${caseName(faultCase)}: ${(error as Error).message}`, { cause: error });
  }
}
