const { seen } = require('../times.js');
exports.run = async () => ({ seen: seen() });
