import { Writable } from 'node:stream';
import { Logger } from '@n8n/backend-common';
import { Container } from '@n8n/di';
import { jsonStringify } from 'n8n-workflow';

export interface LogEntry {
	level: string;
	message: string;
	/** The whole entry as in a log file, with its metadata. */
	text: string;
}

/** The entries of n8n and the nodes since the last `clear()`, debug lines included. */
export interface CapturedLog {
	readonly entries: readonly LogEntry[];
	/** All entries as one text, for searches. */
	text(): string;
	clear(): void;
}

let captured: CapturedLog | undefined;

/** n8n's logger, with its output in memory: environment.ts turns its console output off. */
export function capturedLog(): CapturedLog {
	captured ??= capture();
	return captured;
}

function capture(): CapturedLog {
	const entries: LogEntry[] = [];
	const sink = new Writable({
		objectMode: true,
		write(info: { level: string; message: unknown }, _encoding, done) {
			const text = jsonStringify(info, { replaceCircularRefs: true });
			entries.push({ level: info.level, message: String(info.message), text });
			done();
		},
	});
	Container.get(Logger).getInternalLogger().pipe(sink);
	return {
		entries,
		text: () => entries.map((entry) => entry.text).join('\n'),
		clear: () => void entries.splice(0),
	};
}
