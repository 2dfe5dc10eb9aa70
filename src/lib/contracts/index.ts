// The contracts by name: `import * as contracts` or one file at a time.
export * as common from './common';
export * as errors from './errors';
export * as users from './user';
export * as groups from './group';
export * as sessions from './session';
export * as datasets from './dataset';
export * as uploads from './upload';
export * as jobs from './job';
export * as filters from './filter';
export * as filterViews from './filter-view';
export * as cards from './card';
export * as transforms from './transform';
export * as dashboards from './dashboard';
export * as shares from './share';
export * as apiKeys from './api-key';
export * as audit from './audit';
export * as render from './render';
