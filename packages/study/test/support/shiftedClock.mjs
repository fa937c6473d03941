/** Loaded before a worker: its clock is off by `ETUDE_CLOCK` milliseconds, as on a machine whose clock is wrong. */
const shift = Number(process.env["ETUDE_CLOCK"])
const now = Date.now
Date.now = () => now() + shift
