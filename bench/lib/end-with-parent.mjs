// Preloaded into every program the bench starts: however the bench ends, even killed, they do not outlive it.
process.once('disconnect', () => process.exit(1));
