// Python's arithmetic where JavaScript's differs, so that both languages score alike.

const FINE = 2 ** 60; // numbers of 1/100 and more are whole in 60 binary places

/** To the nearest; what lies in the very middle goes to the even digit, where `toFixed` would take the larger. */
export function round(value, places = 0) {
  const inTheMiddle = Math.abs(value * 2 ** (places + 1)) % 2 === 1;
  if (!inTheMiddle) return Number(value.toFixed(places));
  const below = Math.floor(value * 10 ** places);
  return (below + Math.abs(below % 2)) / 10 ** places;
}

/** The sum, rounded once: of numbers that are 0, or 1/100 and more. */
export function sum(values) {
  return Number(values.reduce((total, value) => total + BigInt(value * FINE), 0n)) / FINE;
}
