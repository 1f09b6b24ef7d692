/** What goes wrong at the service while it soaks, by chance, for good and in every call. */
import type { AccessEntry, FaultRule, LocalDataExchange } from "../../../emulator";

interface Kind {
  readonly name: string;
  /** Share of all requests. */
  readonly share: number;
  readonly rule: Pick<FaultRule, "error" | "connection" | "when">;
}

const kinds: readonly Kind[] = [
  { name: "throttled", share: 0.2, rule: { error: "ThrottlingException" } },
  { name: "server errors", share: 0.025, rule: { error: 500 } },
  { name: "server errors", share: 0.025, rule: { error: 500, when: "after" } },
  { name: "resets", share: 0.01, rule: { connection: "reset" } },
  { name: "resets", share: 0.01, rule: { connection: "reset", when: "after" } },
];

/** Each fault is asked only when none before it has struck, so its likelihood is that of what is left. */
export function plantTrouble({ faults }: LocalDataExchange): void {
  let left = 1;
  for (const { share, rule } of kinds) {
    faults.add({ operation: "*", times: "always", probability: share / left, ...rule });
    left -= share;
  }
}

/** What came of the requests, counted as they were answered. */
export class Answers {
  /** Before that, what the jobs need is put in place. */
  counting = false;
  all = 0;
  throttled = 0;
  serverErrors = 0;
  resets = 0;
  /** StartJob beyond the quota of the type. */
  beyondQuota = 0;
  readonly calls: Record<string, number> = {};
  /** The longest time in which nothing was answered, in milliseconds. */
  longestSilence = 0;
  private last = Infinity;

  readonly count = ({ operation, status }: AccessEntry): void => {
    if (!this.counting) return;
    const now = Date.now();
    this.longestSilence = Math.max(this.longestSilence, now - this.last);
    this.last = now;
    this.all += 1;
    this.calls[operation] = (this.calls[operation] ?? 0) + 1;
    if (status === 429) this.throttled += 1;
    if (status === undefined) this.resets += 1;
    if (status !== undefined && status >= 500) this.serverErrors += 1;
    if (status === 402) this.beyondQuota += 1;
  };
}
