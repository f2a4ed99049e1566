import Resolver, { type Request } from '@forge/resolver';
import { countOf } from './jira';
import { daysOf, keep, type Count } from './days';

interface Asked {
  gadget: number;
  project: string;
}

const resolver = new Resolver();

resolver.define('count', async ({ payload: { gadget, project } }: Request<Asked>) => {
  const jql = `project = "${project.replace(/\W/g, '')}" AND statusCategory`;
  const [open, closed] = await Promise.all([countOf(`${jql} != Done`), countOf(`${jql} = Done`)]);
  const count: Count = { open, closed };
  await keep(gadget, new Date(), count);
  return { ...count, days: await daysOf(gadget) };
});

export const handler = resolver.getDefinitions();
