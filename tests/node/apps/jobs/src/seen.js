let times = 0;

/** How often this instance of the module was asked. */
export const seen = () => (times += 1);
