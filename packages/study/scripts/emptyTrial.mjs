/** A trial that does nothing: it begins, reports once and is complete. */
process.on("message", (message) => {
  if (message._tag === "Begin") {
    process.send({ _tag: "Began", step: 0, epoch: 0, bits: "none" })
    process.send({ _tag: "Reported", step: 1, epoch: 1, values: { "validation/loss": message.seed } })
  } else if (message._tag === "Decided") {
    const nothing = { reason: null, test: null, sha256: null }
    process.send({ _tag: "Finished", outcome: "complete", step: 1, epoch: 1, seconds: 0, ...nothing })
  } else process.disconnect()
})
