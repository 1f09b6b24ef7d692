/** The stores of all accounts and regions, each made when it is first asked for. */
import type { Chance } from "../control/seeded-random";
import type { Clock } from "../control/clock";
import { JobRecords } from "./job-records";
import type { Place } from "./arns-and-keys";
import { RegionState } from "./region-state";

/** Requests may name any region; from here on the stores that hold nothing are forgotten. */
const mostEmpty = 1000;

export class States {
  readonly #states = new Map<string, RegionState>();
  readonly #jobRecords = new JobRecords();

  constructor(
    private readonly clock: Clock,
    private readonly chance: Chance,
  ) {}

  of(place: Place): RegionState {
    const name = `${place.account}/${place.region}`;
    const known = this.#states.get(name);
    if (known) return known;
    if (this.#states.size >= mostEmpty) this.#forgetEmpty();
    const made = new RegionState(place, this.clock, this.chance, this.#jobRecords);
    this.#states.set(name, made);
    return made;
  }

  all(): RegionState[] {
    return [...this.#states.values()];
  }

  #forgetEmpty(): void {
    for (const [name, state] of this.#states) if (state.isEmpty) this.#states.delete(name);
  }
}
