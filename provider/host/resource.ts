/** A resource in the values of the core. An adapter for each protocol of Pulumi converts the protocol's values. */
import { reasonOf, withCode } from "../../lib/message-code";
import { redact } from "../../lib/redact";
import type { Problem } from "../../service-model/validate";
import { UNKNOWN, formatPath } from "../../service-model/validate";
import type { Host, Operation } from "./host";

export type Props = Readonly<Record<string, unknown>>;

export interface Difference {
  /** Names of the inputs whose change replaces the resource. A set is never replaced. */
  replaces?: string[];
  /** Whether the resource is updated, unless it is replaced. */
  updates: boolean;
  /** Names of the jobs of a set that run again because an earlier run did not finish their deletion. */
  halfDeleted?: readonly string[];
}

/** `state` is what an operation has returned, in this version or an earlier one. */
export abstract class Resource {
  constructor(protected readonly host: Host) {}

  protected abstract findProblems(inputs: Props): Problem[] | Promise<Problem[]>;
  abstract diff(id: string, state: Props, news: Props, operation: Operation): Promise<Difference>;
  abstract create(inputs: Props, operation: Operation): Promise<{ id: string; state: object }>;
  abstract update(id: string, state: Props, news: Props, operation: Operation): Promise<object>;
  /** The resource as it is now. Undefined if it no longer exists. */
  abstract read(id: string, state: Props, operation: Operation): Promise<object | undefined>;
  abstract delete(id: string, state: Props, operation: Operation): Promise<void>;

  /**
   * A sentence for each problem of the inputs, and the region that becomes an input because they have none. So a change of the
   * stack's default changes the resource.
   */
  async check(inputs: Props): Promise<{ failures: string[]; region?: string }> {
    const { sessions } = this.host;
    const failures = (await this.findProblems(inputs)).map(({ path, code, message }) =>
      sentence(code, `${formatPath(path)} ${message}`),
    );
    const wrongConfig = sessions.configProblem();
    if (wrongConfig) return { failures: [...failures, sentence(wrongConfig.code, wrongConfig.text)] };
    if (failures.length > 0) return { failures };
    if (inputs.profile !== UNKNOWN && (await sessions.lacksProfile(inputs))) {
      const text =
        "profile is not in the shared config and credentials files, which have other profiles; correct the name or add it";
      return { failures: [sentence("profile-not-found", text)] };
    }
    if ((inputs.region ?? undefined) !== undefined) return { failures };
    try {
      const region = await sessions.region(inputs.profile === UNKNOWN ? {} : inputs);
      if (region) return { failures, region };
      const ways = `set it here, or ${this.host.regionSetting}, AWS_REGION, or the profile's region`;
      return { failures: [sentence("missing-region", `region is not set; ${ways}`)] };
    } catch (error) {
      return { failures: [sentence("unreadable-region", `region cannot be read: ${reasonOf(error)}`)] };
    }
  }
}

const sentence = (code: string, text: string): string => withCode(redact(text), code);

/** The operation failed, but the resource exists, so the state must have its id and outputs. */
export class InitializationError extends Error {
  constructor(
    message: string,
    readonly id: string,
    readonly state: object,
    /** A sentence for each cause. */
    readonly reasons: readonly string[] = [message],
  ) {
    super(message);
  }
}
