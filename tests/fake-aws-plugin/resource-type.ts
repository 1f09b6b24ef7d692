/** What the stand-in knows of a type of `@pulumi/aws`, as data and four verbs. */
import type { Region } from "./region";
import type { Properties } from "./values";

/** What a change of an input does to the object. */
export type OnChange = "update" | "replace";

export interface Created {
  id: string;
  /** What the service has said, beside the inputs. */
  outputs: Properties;
}

export interface ResourceType {
  /** Every input that is understood here; any other is refused. `region` and `tags` come with the two flags below. */
  inputs: Readonly<Record<string, OnChange>>;
  /** Outputs that a preview of a creation cannot know. */
  computed: readonly string[];
  /** Those of them that an update changes too. */
  volatile?: readonly string[];
  /** The input that a resource's name fills in: with seven random characters at its end, unless `bare`. */
  named?: { input: string; prefix?: string; bare?: true; lowerCase?: true };
  /** Inputs that hold a JSON document, as text or as an object. */
  documents?: readonly string[];
  /** Has `tags` and `tagsAll`. */
  tagged?: true;
  /** Belongs to no region, and so has no `region`. */
  global?: true;

  create(inputs: Properties, region: Region, urn: string): Promise<Created>;
  /** Everything that the object is now; undefined when there is none. `state` is empty when one is looked up. */
  read(id: string, region: Region, state: Properties): Promise<Properties | undefined>;
  /** What the service has said this time. */
  update?(id: string, inputs: Properties, region: Region, state: Properties): Promise<Properties | void>;
  delete(id: string, region: Region, state: Properties): Promise<void>;
}

/** A function of `@pulumi/aws`: what it answers. */
export type Invocation = (args: Properties, region: Region) => Promise<Properties> | Properties;

/** All that is known of one service, by the tokens of its types and functions. */
export interface Service {
  resources: Readonly<Record<string, ResourceType>>;
  functions?: Readonly<Record<string, Invocation>>;
}

/** A sentence about one property, for the one who wrote the program. */
export interface Failure {
  property: string;
  reason: string;
}

/** Says no, as the stand-in that it is. */
export const refusal = (what: string): string =>
  `${what}: this is not the AWS provider but a stand-in for tests, which knows only what the examples use.`;
