import { expect } from "chai";

import type { RaceFacts, RecordFacts, Rival } from "../../../provider/core/job-decisions";
import { decideOnRecord, decideRace } from "../../../provider/core/job-decisions";
import type { JobState, ServiceJob } from "../../../service-model/job";

const at = (minute: number): string => new Date(Date.UTC(2026, 0, 5, 12, minute)).toISOString();

const job = (id: string, state: JobState, minute = 0): ServiceJob => ({
  ...{ id, arn: "", type: "IMPORT_ASSETS_FROM_S3", details: {} },
  state,
  createdAt: at(minute),
  updatedAt: at(minute),
});

describe("decideOnRecord", () => {
  const createsAssets = {} as never;
  const upload = {} as never;
  const facts = (
    state: JobState | undefined,
    { record, ...more }: Partial<Omit<RecordFacts, "record">> & { record?: object } = {},
  ): RecordFacts => ({
    record: { work: "same", active: false, ...record },
    ...(state && { job: job("theirs", state) }),
    digest: "same",
    inputs: {},
    jobType: { createsAssets },
    isStateRead: false,
    isTimedOut: false,
    ...more,
  });
  const active = { active: true };
  const other = { work: "other" };
  const inError = { inError: true, returned: true };
  const returned = { returned: true };
  const newer = { createdAt: at(1) };
  const uploads = { jobType: { upload } };
  const cancelTried = { ...uploads, isCancelTried: true };
  const readInError = { record: inError, isStateRead: true, missingAssets: 0 };
  const none = { inputs: { adopt: "none" as const } };
  const deletesOther = {
    inputs: { onDelete: "deleteAssets" as const },
    record: { ...other, ...returned },
  };

  const table: [title: string, facts: RecordFacts, decision: string][] = [
    ["waits while another process creates the job", facts(undefined, { record: active }), "wait"],
    ["waits while another process has not started the job", facts("WAITING", { record: active }), "wait"],
    ["waits while another process replaces a failed job", facts("ERROR", { record: active }), "wait"],
    ["stops waiting at the timeout", facts(undefined, { record: active, isTimedOut: true }), "create"],
    ["adopts a job that another process has started", facts("IN_PROGRESS", { record: active }), "adopt"],
    ["creates a job beside other work", facts("WAITING", { record: { ...active, ...other } }), "create"],
    ["creates a job if the recorded one is missing", facts(undefined), "create"],
    ["ignores a record older than the state", facts("COMPLETED", { replaced: newer }), "create"],
    ["adopts a waiting job", facts("WAITING"), "adopt"],
    ["adopts a running job", facts("IN_PROGRESS"), "adopt"],
    ["cancels a job whose upload is late", facts("WAITING", uploads), "cancel"],
    ["withdraws a late upload once cancelled", facts("CANCELLED", cancelTried), "withdraw"],
    ["adopts a late upload that had started", facts("IN_PROGRESS", cancelTried), "adopt"],
    ["lists the assets of a completed import", facts("COMPLETED"), "list-assets"],
    ["adopts an import with all its assets", facts("COMPLETED", { missingAssets: 0 }), "adopt"],
    ["withdraws an import without all its assets", facts("COMPLETED", { missingAssets: 1 }), "withdraw"],
    ["runs a completed export again", facts("COMPLETED", { jobType: {} }), "withdraw"],
    ["withdraws a failed job", facts("ERROR"), "withdraw"],
    ["withdraws a job for other work", facts("IN_PROGRESS", { record: other }), "withdraw"],
    ["withdraws any job with adopt: none", facts("IN_PROGRESS", none), "withdraw"],
    ["keeps a job that a state may name", facts("COMPLETED", { ...none, record: returned }), "create"],
    ["withdraws a failed job that a state may name", facts("ERROR", { record: returned }), "withdraw"],
    ["withdraws a returned job with onDelete: deleteAssets", facts("COMPLETED", deletesOther), "withdraw"],
    ["keeps a job of another process", facts("COMPLETED", { record: { ...other, shared: true } }), "create"],
    ["replaces the job in state if the user asks", facts("COMPLETED", { record: inError }), "create"],
    ["adopts a returned job if the state names another", facts("COMPLETED", readInError), "adopt"],
    ["adopts a running job that the state may name", facts("IN_PROGRESS", { record: inError }), "adopt"],
  ];
  for (const [title, given, kind] of table)
    it(title, () => expect(decideOnRecord(given).kind).to.equal(kind));
});

describe("decideRace", () => {
  const ours = job("ours", "WAITING", 1);
  const rival = (id: string, state: JobState, minute: number, more: Partial<Rival> = {}): Rival => ({
    ...{ job: job(id, state, minute), isNewer: true, isEqual: true, canStart: true },
    ...more,
  });
  const race = (rivals: Rival[], listing: RaceFacts["listing"] = "complete") => {
    const decision = decideRace({ ours, listing, rivals });
    // Jobs as their ids, without undefined members.
    const toId = (_: string, value: unknown) => (value as ServiceJob | undefined)?.id ?? value;
    return JSON.parse(JSON.stringify(decision, toId)) as object;
  };
  const start = { kind: "start" };
  const yieldTo = (winner: string, ...others: string[]) => ({ kind: "cancel-ours", winner, others });
  const cancel = (...rivals: string[]) => ({ kind: "cancel-rivals", rivals });
  const older = { isNewer: false };

  const table: [title: string, actual: object, expected: object][] = [
    ["lists again until our job is shown", race([], "lagging"), { kind: "list-again" }],
    ["starts without rivals", race([]), start],
    ["starts if rivals cannot be listed", race([], "denied"), start],
    ["yields to a rival that has started", race([rival("a", "IN_PROGRESS", 2)]), yieldTo("a")],
    [
      "starts beside a job that may have read other content",
      race([rival("a", "COMPLETED", 0, older)]),
      { ...start, similar: "a" },
    ],
    [
      "starts beside a job that hides its secrets",
      race([rival("a", "IN_PROGRESS", 2, { isEqual: false })]),
      { ...start, similar: "a" },
    ],
    [
      "names the newest of such jobs",
      race([rival("b", "COMPLETED", 0, older), rival("a", "COMPLETED", -9, older)]),
      { ...start, similar: "b" },
    ],
    [
      "yields to an older waiting job and cancels the others",
      race([rival("b", "WAITING", 2), rival("a", "WAITING", 0)]),
      yieldTo("a", "b"),
    ],
    ["yields to the lower id at the same time", race([rival("a", "WAITING", 1)]), yieldTo("a")],
    [
      "cancels younger waiting jobs",
      race([rival("b", "WAITING", 2), rival("z", "WAITING", 1)]),
      cancel("b", "z"),
    ],
    [
      "cancels an older job whose upload URL has expired",
      race([rival("a", "WAITING", 0, { canStart: false })]),
      cancel("a"),
    ],
  ];
  for (const [title, actual, expected] of table) it(title, () => expect(actual).to.deep.equal(expected));
});
