import { kvs } from '@forge/kvs';

export interface Edit {
  page: string;
  at: number;
  version: number;
}

export const edits = () => kvs.entity<Edit>('edit');
