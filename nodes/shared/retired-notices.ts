import type { INodeProperties } from 'n8n-workflow';
import { providers } from '../../providers';

/** A notice below 'Provider' for each provider that has ended. */
export const retiredNotices: INodeProperties[] = providers.flatMap(({ id, retired }) =>
	retired === undefined
		? []
		: [
				{
					displayName: retired,
					name: 'retiredNotice',
					type: 'notice' as const,
					default: '',
					displayOptions: { show: { provider: [id] } },
				},
			],
);
