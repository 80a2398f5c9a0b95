import AttuneCommand

// The attune command with one strategy more: `CustomStrategy run experiment.yaml`.
await AttuneMain.run(registering: [MatchMoments.self])
