import { asUser, i18n, route } from '@forge/api';
import Resolver from '@forge/resolver';

const resolver = new Resolver();

/** The viewer's language is known to the products alone: the context of a call does not tell it. */
async function localeOf(product) {
  const response =
    product === 'jira'
      ? await asUser().requestJira(route`/rest/api/3/mypreferences/locale`)
      : await asUser().requestConfluence(route`/wiki/rest/api/user/current`);
  return (await response.json()).locale;
}

resolver.define('greet', async ({ payload }) => {
  const locale = await localeOf(payload.product);
  const t = await i18n.createTranslationFunction(locale);
  const { locale: used } = await i18n.getTranslations(locale);
  return { title: t('page.title'), hello: t('hello'), bye: t('bye'), other: t('nowhere', '?'), used };
});

export const handler = resolver.getDefinitions();
