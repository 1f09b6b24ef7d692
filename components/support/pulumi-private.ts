/**
 * Members that the Pulumi SDK strips from its public types. Components read them to learn what a preview does not know,
 * and which resources a program declares. An SDK that changes one of them breaks this file and no other.
 */
import type { ComponentResource, Output, Resource } from "@pulumi/pulumi";

interface PrivateOutput<T> {
  readonly isKnown: Promise<boolean>;
  promise(withUnknowns?: boolean): Promise<T>;
  allResources?(): Promise<ReadonlySet<Resource>>;
}

interface PrivateResource {
  readonly __pulumiType: string;
  readonly __parentResource?: Resource;
  readonly __childResources?: ReadonlySet<Resource>;
}

const privateOutput = <T>(value: Output<T>): PrivateOutput<T> => value as unknown as PrivateOutput<T>;
const privateResource = (resource: Resource): PrivateResource => resource as unknown as PrivateResource;

export const isKnown = (value: Output<unknown>): Promise<boolean> => privateOutput(value).isKnown;

/** The value of an output; what a preview does not know is `undefined`. */
export const valueOf = <T>(value: Output<T>): Promise<T> => privateOutput(value).promise();

/** The value of an output, in which the SDK's `unknown` stands for what a preview does not know. */
export const valueWithUnknowns = <T>(value: Output<T>): Promise<T> => privateOutput(value).promise(true);

/** The resources that an output depends on. */
export const resourcesOf = async (value: Output<unknown>): Promise<Resource[]> => [
  ...((await privateOutput(value).allResources?.()) ?? []),
];

export const typeTokenOf = (resource: Resource): string => privateResource(resource).__pulumiType;

export const parentOf = (resource: Resource): Resource | undefined =>
  privateResource(resource).__parentResource;

/** The resources that have been declared with this one as their parent, so far. */
export const childrenOf = (resource: Resource): readonly Resource[] => [
  ...(privateResource(resource).__childResources ?? []),
];

/** Waits until a component has been initialized, because it may declare its first children only then. */
export const initialized = (component: ComponentResource): Promise<unknown> =>
  (component as unknown as { getData(): Promise<unknown> }).getData();

/** The inputs of a resource, each of which the SDK makes an output and keeps as a member of the resource. */
export const inputsOf = <Inputs>(resource: Resource): Inputs => resource as unknown as Inputs;
