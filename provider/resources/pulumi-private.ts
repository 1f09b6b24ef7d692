/**
 * Members that the Pulumi SDK strips from its public types. They show values before a resource is declared, unknown values
 * in a preview, and the resources that a program declares. No other file reads them.
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

/** The value of an output. Values that a preview does not know are `undefined`. */
export const readValue = <T>(value: Output<T>): Promise<T> => privateOutput(value).promise();

/** The value of an output. Values that a preview does not know are the SDK's `unknown`. */
export const readValueWithUnknowns = <T>(value: Output<T>): Promise<T> => privateOutput(value).promise(true);

/** The resources that an output depends on. */
export const findResources = async (value: Output<unknown>): Promise<Resource[]> => [
  ...((await privateOutput(value).allResources?.()) ?? []),
];

export const typeTokenOf = (resource: Resource): string => privateResource(resource).__pulumiType;

/** Whether an object is a resource of this type, even one of another copy of this package. */
export const hasType = (object: unknown, type: string): boolean =>
  (object as PrivateResource | undefined)?.__pulumiType === type;

export const parentOf = (resource: Resource): Resource | undefined =>
  privateResource(resource).__parentResource;

/** The resources that have been declared with this one as their parent, so far. */
export const childrenOf = (resource: Resource): readonly Resource[] => [
  ...(privateResource(resource).__childResources ?? []),
];

/** Waits until a component has been initialized, because it may declare its first children only then. */
export const waitUntilInitialized = (component: ComponentResource): Promise<unknown> =>
  (component as unknown as { getData(): Promise<unknown> }).getData();

/** The inputs of a resource, which the SDK stores as outputs in members of the resource. */
export const inputsOf = <Inputs>(resource: Resource): Inputs => resource as unknown as Inputs;
