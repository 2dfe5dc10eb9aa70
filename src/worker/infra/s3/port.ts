// What the services know of object storage: whole objects, ranges, parts. Common subset of S3 and R2.

export interface ObjectHead {
	bytes: number;
	etag: string;
}

export interface ObjectEntry {
	key: string;
	bytes: number;
	/** UNIX seconds. */
	modifiedAt: number;
}

export interface Part {
	number: number;
	etag: string;
}

export interface Body {
	stream: ReadableStream<Uint8Array>;
	/** Exact length; a stream that is shorter or longer fails. */
	bytes: number;
	/** Lower-case hex; content that hashes to something else fails and is not left behind. */
	sha256?: string;
}

export interface ObjectStore {
	/** Stores a small object. */
	put(key: string, content: string | Uint8Array, contentType?: string): Promise<ObjectHead>;
	/** Stores a stream without holding it. @throws AppError UPSTREAM_UNAVAILABLE when length or digest differ */
	putStream(key: string, body: Body): Promise<ObjectHead>;
	/** The whole object, or null. */
	get(key: string): Promise<Uint8Array<ArrayBuffer> | null>;
	/** Bytes [start, end) of an object. @throws AppError UPSTREAM_UNAVAILABLE when it is not there or shorter */
	range(key: string, start: number, end: number): Promise<ArrayBuffer>;
	head(key: string): Promise<ObjectHead | null>;
	remove(key: string): Promise<void>;
	/** Removes everything under a prefix and says how many objects that were. */
	removeAll(prefix: string): Promise<number>;
	list(prefix: string): AsyncIterable<ObjectEntry>;
	/** Starts a multipart upload and returns its id. All parts but the last must be of one size. */
	createMultipart(key: string): Promise<string>;
	putPart(key: string, multipartId: string, number: number, body: Body): Promise<Part>;
	completeMultipart(key: string, multipartId: string, parts: readonly Part[]): Promise<void>;
	abortMultipart(key: string, multipartId: string): Promise<void>;
	/** An address that reads one object for `seconds`; for the executor's eyes only. */
	presignGet(key: string, seconds: number): Promise<string>;
}
