export const wordsIn = (markup: string): number =>
  markup.replace(/<[^>]*>/g, ' ').split(/\s+/).filter(Boolean).length;
