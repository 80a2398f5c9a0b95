import AttuneCommand

// The attune command with one strategy and one shift more: `CustomStrategy run experiment.yaml`.
await AttuneMain.run(registering: [MatchMoments.self], shifts: [DeadRows.self])
