// `POST /api/datasets`: a file and the settings of its import in one multipart form. The file becomes an upload like any
// other, and the import is the one that pages start.
import * as z from 'zod';
import { description, name } from '$lib/contracts/common';
import { datasetDetail, importOptions } from '$lib/contracts/dataset';
import type { Actor } from '../../access/access';
import type { Context } from '../../context';
import * as datasets from '../../entities/dataset/service';
import { receive } from '../../entities/upload/receive';
import * as uploads from '../../entities/upload/service';
import { invalid } from '../../errors';
import { invalidInput } from '../../trpc';
import { readForm } from '../multipart';
import { successAnswer } from './answer';
import { inWireNames, shapeOf } from './names';
import type { Route } from './routes';
import { jsonSchemaOf, type JsonSchema } from './schema';

const settings = importOptions.extend({ name, description: description.optional() });
const form = settings.extend({ file: z.file() });
const described = jsonSchemaOf(settings, 'input');
const fieldSchemas = inWireNames(described).properties!;
const shape = shapeOf(described);
/** Room for the form around the file. */
const FORM_BYTES = 1024 * 1024;

export const datasetFormRoute: Route = {
	name: 'datasets.create',
	method: 'POST',
	path: '/api/datasets',
	summary: 'Makes a dataset from a CSV file; above 10 MB the import goes on after the answer',
	access: 'signed-in',
	writes: true,
	status: 201,
	errors: ['VALIDATION_ERROR', 'TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE', 'BUSY'],
	input: undefined,
	output: datasetDetail,
	served: { by: 'handler', body: { type: 'multipart/form-data', schema: form }, handle: createDataset },
};

async function createDataset(request: Request, { deps }: Context, actor: Actor): Promise<Response> {
	const announced = Number(request.headers.get('content-length') ?? 0);
	if (announced > deps.settings.MAX_UPLOAD_BYTES + FORM_BYTES)
		uploads.refuseSize(announced, deps.settings.MAX_UPLOAD_BYTES);
	const { fields, file } = await readForm(request, {
		fileField: 'file',
		open: (fileName) => receive(deps, actor, fileName),
	});
	if (!file) throw invalid({ file: 'is missing' });
	const input = await readSettings(fields).catch(async (error: unknown) => {
		await file.abort();
		throw error;
	});
	const { name: datasetName, description: text, ...options } = input;
	const uploadId = await file.finish();
	const detail = await datasets.importFile(deps, actor, {
		uploadId,
		name: datasetName,
		...(text && { description: text }),
		options,
	});
	return successAnswer(detail, datasetDetail, datasetFormRoute.status);
}

/** The texts of the form as what the contract takes. One that is left empty is left out. */
async function readSettings(fields: Record<string, string>): Promise<z.infer<typeof settings>> {
	const values: Record<string, unknown> = {};
	for (const [wireName, { name: field }] of shape.below.fields) {
		const text = fields[wireName];
		if (text === undefined || (text === '' && field !== 'name')) continue;
		values[field] =
			field === 'encoding' ? (ENCODINGS[text.toLowerCase()] ?? text) : valueOf(text, fieldSchemas[wireName]!, wireName);
	}
	const parsed = settings.safeParse(values);
	if (!parsed.success) throw invalidInput(parsed.error);
	return parsed.data;
}

/** Text that does not fit its type stays text, which the contract then refuses. */
function valueOf(text: string, { type }: JsonSchema, wireName: string): unknown {
	if (type === 'boolean') return { true: true, false: false }[text] ?? text;
	if (type === 'integer' || type === 'number') return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
	if (type !== 'array' && type !== 'object') return text;
	try {
		return JSON.parse(text) as unknown;
	} catch {
		throw invalid({ [wireName]: 'must be JSON' });
	}
}

/** Names that programs give to the encodings we know. */
const ENCODINGS: Record<string, string> = {
	'utf-8': 'UTF-8',
	utf8: 'UTF-8',
	'utf-16': 'UTF-16',
	utf16: 'UTF-16',
	cp932: 'CP932',
	shift_jis: 'CP932',
	'shift-jis': 'CP932',
	sjis: 'CP932',
	'windows-31j': 'CP932',
	'euc-jp': 'EUC-JP',
	eucjp: 'EUC-JP',
	'latin-1': 'Latin-1',
	latin1: 'Latin-1',
	'iso-8859-1': 'Latin-1',
};
