// Languages of cronstrue: each adds itself to it when it is imported.
declare module 'cronstrue/locales/ja';
