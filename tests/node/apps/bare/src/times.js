let times = 0;
exports.seen = () => (times += 1);
