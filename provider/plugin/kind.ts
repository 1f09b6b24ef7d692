import type { Path } from "../../service-model/validate";
import type { Host } from "../host/host";
import type { Resource } from "../host/resource";
import type { Change } from "./changes";
import type { Props } from "./values";

/** What a type of resource adds to the operations that all have in common. Values are those of the core. */
export interface Kind {
  open(host: Host): Resource;
  /** Paths of the jobs among the inputs. */
  jobs(inputs: Props): Path[];
  /** Secrets of the outputs of inputs that have these secrets. `earlier` are those of the state before. */
  secretOutputs(secrets: readonly Path[], outputs: Props, earlier: readonly Path[]): Path[];
  /** The outputs of a preview. `state` is that of a resource that is updated. */
  foresee(inputs: Props, state?: Props): Props;
  /** The state as the program reads it. The core leaves out what can be derived. */
  present(state: Props): Props;
  /** How a resource that was created elsewhere comes into the stack. */
  readonly import: {
    /**
     * What identifies such a resource, as a state for `read`.
     *
     * @throws CodedError if the id is none, or if such resources cannot be imported.
     */
    identify(id: string, region: string | undefined): Props;
    /** Its inputs, with the `importMark`. */
    inputs(outputs: Props): Props;
    /** Why the resource may be read but not imported, as the beginning of a sentence. Undefined if it can be imported. */
    obstacle(outputs: Props): string | undefined;
  };
  /** The state with what only the inputs of the last run contain. */
  complete(state: Props, inputs: Props): Props;
  /**
   * Why a resource is updated although no input has changed. A path that begins with an input is shown there.
   *
   * @param halfDeleted Names of the jobs of a set whose deletion was interrupted.
   */
  causes(state: Props, inputs: Props, halfDeleted?: readonly string[]): Change[];
  /** What differs between the inputs in state and those of the program. */
  changes(state: Props, oldInputs: Props, news: Props): Change[];
}
