// Evaluates the expression of a case with Atlassian's own packages in scope, and tells what came of it.
'use strict';

const { kvs, WhereConditions, FilterConditions, Filter } = require('@forge/kvs');
const api = require('@forge/api');
const { Queue, appEvents } = require('@forge/events');
const { chat, stream, list: models } = require('@forge/llm');
const Resolver = require('@forge/resolver').default;

const nest = (levels) => {
  let nested = [];
  for (let level = 1; level < levels; level += 1) nested = [nested];
  return nested;
};

const SCOPE = {
  kvs,
  WhereConditions,
  FilterConditions,
  Filter,
  api: api.default,
  route: api.route,
  privacy: api.privacy,
  webTrigger: api.webTrigger,
  getAppContext: api.getAppContext,
  fetch: api.fetch,
  Queue,
  appEvents,
  llm: { chat, stream, list: models },
  Resolver,
  nest,
  list: (count, make = (n) => n) => Array.from({ length: count }, (_, n) => make(n)),
};

const AsyncFunction = (async () => undefined).constructor;

module.exports = async ({ js }) => {
  try {
    const value = await new AsyncFunction(...Object.keys(SCOPE), `return (${js});`)(...Object.values(SCOPE));
    return value === undefined ? { returned: '$undefined' } : { returned: value };
  } catch (error) {
    return {
      threw: {
        kind: error?.constructor?.name,
        name: error?.name,
        message: String(error?.message),
        code: error?.code,
        status: error?.responseDetails?.status ?? error?.status,
        serviceKey: error?.serviceKey,
      },
    };
  }
};
