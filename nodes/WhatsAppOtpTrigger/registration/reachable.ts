/** Hosts that only this computer, or a private network, can reach. URL writes IPv4 addresses in full. */
const privateHosts = [
	/^localhost$/,
	/\.(?:localhost|local|localdomain|internal|intranet|lan|home|corp)$/,
	// A name without a dot is of a container or of a computer in the same network.
	/^[^.:]+$/,
	/^(?:0|10|127)\./,
	/^169\.254\./,
	/^172\.(?:1[6-9]|2\d|3[01])\./,
	/^192\.168\./,
	// Shared by the customers of a network operator (RFC 6598).
	/^100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./,
	// IPv6: this computer, addresses of IPv4, unique local and link-local addresses.
	/^\[(?:::1?|::ffff:.*|f[cd][0-9a-f]{2}:.*|fe[89ab][0-9a-f]:.*)\]$/,
];

/** Why the internet cannot reach an address. */
export type Unreachable = 'no scheme' | 'private';

/** @returns undefined if the address can be public. Whether it is, only a request shows */
export function unreachable(address: string): Unreachable | undefined {
	if (!/^https?:\/\//i.test(address) || !URL.canParse(address)) return 'no scheme';
	const host = new URL(address).hostname.replace(/\.$/, '');
	return privateHosts.some((pattern) => pattern.test(host)) ? 'private' : undefined;
}
