import {
	NodeHelpers,
	UnexpectedError,
	type IDataObject,
	type INodeType,
	type INodeTypes,
	type IVersionedNodeType,
} from 'n8n-workflow';
import type { LoadedCredential, LoadedPackage } from './packages';
import { NoOp, noOpType, Start, startType } from './plain-nodes';

/** The node and credential types that an n8n with these packages installed knows. */
export class KnownTypes implements INodeTypes {
	private readonly nodes: Map<string, INodeType | IVersionedNodeType>;
	private readonly credentials: Map<string, LoadedCredential>;

	constructor(packages: LoadedPackage[]) {
		const plain: Array<[string, INodeType]> = [
			[startType, new Start()],
			[noOpType, new NoOp()],
		];
		this.nodes = new Map([...plain, ...packages.flatMap(({ nodes }) => Object.entries(nodes))]);
		this.credentials = new Map(packages.flatMap(({ credentials }) => Object.entries(credentials)));
	}

	getByName(name: string): INodeType | IVersionedNodeType {
		const type = this.nodes.get(name);
		if (!type) throw new UnexpectedError(`Unknown node type ${name}. Known: ${[...this.nodes.keys()].join(', ')}`);
		return type;
	}

	getByNameAndVersion(name: string, version?: number): INodeType {
		return NodeHelpers.getVersionedNodeType(this.getByName(name), version);
	}

	/** The version that the editor gives to a new node on the canvas. */
	newestVersion(name: string): number {
		const type = this.getByName(name);
		if ('nodeVersions' in type) return type.currentVersion;
		const { version, defaultVersion } = type.description;
		return defaultVersion ?? (Array.isArray(version) ? Math.max(...version) : version);
	}

	getKnownTypes(): IDataObject {
		return {};
	}

	credential(name: string): LoadedCredential {
		const credential = this.credentials.get(name);
		if (credential) return credential;
		throw new UnexpectedError(`Unknown credential type ${name}. Known: ${[...this.credentials.keys()].join(', ')}`);
	}

	knowsCredential(name: string): boolean {
		return this.credentials.has(name);
	}
}
