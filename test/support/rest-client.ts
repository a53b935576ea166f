import axios from 'axios';
import type { RestClient } from '../../verification/stores/redis/rest-transport';

/** What n8n's own helper runs on, too. */
export const throughAxios: RestClient = async ({ body: data, ...request }) => {
	const response = await axios.request<unknown>({ ...request, data, proxy: false, validateStatus: () => true });
	return { status: response.status, body: response.data };
};
