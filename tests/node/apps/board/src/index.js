import Resolver from '@forge/resolver';
import { columns } from './columns.js';

const resolver = new Resolver();
resolver.define('columns', ({ payload }) => columns(payload.project));

export const handler = resolver.getDefinitions();
