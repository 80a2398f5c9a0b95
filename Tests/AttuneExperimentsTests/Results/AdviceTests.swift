import Testing

@testable import AttuneExperiments

@Suite struct AdviceTests {
  /// Under noise, the four combinations with `none` and `adapt` differ from each other by more than chance.
  private static func results() -> ExperimentResults {
    var results = HandMadeResults.make()
    results.cells[1].perSeed = [0.20, 0.23, 0.215]
    results.cells[1].quality = Estimate([0.20, 0.23, 0.215])
    results.cells[3].perSeed = [0.24, 0.265, 0.25]
    results.cells[3].quality = Estimate([0.24, 0.265, 0.25])
    return results
  }

  private func advice(
    _ predictions: Double = 1e6, in results: ExperimentResults = Self.results(),
    over scenarios: [String]? = ["noise"], unit: CostUnit = .flops, _ change: (inout AdviceLimits) -> Void = { _ in }
  ) throws -> Advice {
    var limits = AdviceLimits(predictions: predictions)
    change(&limits)
    return try Advice(results, limits, over: scenarios, unit: unit)
  }

  @Test func `without limits the best is taken where all others are shown to be worse`() throws {
    let found = try advice()
    #expect(found.choice?.served.figures.name == "augmented with adapt")
    #expect(found.fitting == 6 && found.candidates == 6 && found.notShownWorse == 1 && found.bestMeasured == nil)
    #expect(found.quality.map { $0.low < 0.18 && $0.high > 0.18 } == true)
    #expect(found.choice?.total == 5.5e9 + 56_700e6)
    #expect(found.text.contains("Take augmented with adapt."))
    #expect(found.text.contains("6 of 6 combinations fit."))
  }

  @Test func `of those not shown to be worse the cheapest is taken`() throws {
    var results = Self.results()
    // As good as the adapted one but for chance.
    results.cells[3].perSeed = [0.19, 0.17, 0.185]
    results.cells[3].quality = Estimate([0.19, 0.17, 0.185])
    let found = try advice(in: results)
    #expect(found.choice?.served.figures.name == "augmented with none" && found.notShownWorse == 2)
    #expect(found.bestMeasured?.served.figures.name == "augmented with adapt")
    #expect(found.bestMeasured?.comparison?.verdict == .noDifferenceShown)
    #expect(found.runnerUp?.served.figures.name == "augmented with adapt")
    #expect(
      found.text.contains(
        "The cheapest of 2 on the front of quality and cost that are not shown to be worse than the best."))
  }

  @Test func `what scatters much is no choice where another one costs no more and is better as measured`() throws {
    var results = Self.results()
    // Not shown to be worse than the best, but worse as measured than augmented with none at the same cost.
    results.cells[3].perSeed = [0.19, 0.17, 0.185]
    results.cells[3].quality = Estimate([0.19, 0.17, 0.185])
    results.cells[5].perSeed = [0.10, 0.40, 0.20]
    results.cells[5].quality = Estimate([0.10, 0.40, 0.20])
    results.cells[5].cost.flopsPerSample -= 1000
    results.cells[3].cost.flopsPerSample -= 1000
    let found = try advice(in: results)
    #expect(found.choice?.served.figures.name == "augmented with none")
  }

  @Test func `limits exclude by name, and what comes nearest is said where nothing fits`() throws {
    let found = try advice {
      $0.trainingSeconds = 5
      $0.sourceAccess = "none"
    }
    #expect(found.choice?.served.figures.name == "plain with none" && found.fitting == 1)
    #expect(found.excluded == ["training-seconds": 3, "source-access": 4])
    #expect(found.text.contains("1 of 6 combinations fit; training-seconds excludes 3, source-access excludes 4."))
    let nothing = try advice {
      $0.quality = 0.2
      $0.memory = 30_000
    }
    #expect(nothing.choice == nil && nothing.fitting == 0 && nothing.nearest.count == 3)
    #expect(nothing.nearest[0].served.figures.name == "augmented with adapt")
    #expect(nothing.nearest[0].misses.map(\.limit) == [.memory])
    #expect(nothing.text.contains("Nothing fits. Nearest:"))
    #expect(nothing.text.contains("memory: 37 KiB, limit 29 KiB"))
  }

  @Test func `a percentile of too few calls is not guessed`() throws {
    // The batch was timed 90 times, the single row 800 times.
    let found = try advice { $0.latency = 500 }
    #expect(found.choice == nil && found.excluded == ["latency-p99": 6])
    #expect(found.text.contains("latency-p99: 90 calls are too few for a p99, which needs 662"))
    let single = try advice {
      $0.latency = 10
      $0.singleRow = true
    }
    #expect(single.fitting == 6 && single.notes.contains { $0.hasPrefix("Latency is that of one row") })
    let tight = try advice {
      $0.latency = 9
      $0.singleRow = true
    }
    #expect(tight.fitting == 0 && tight.nearest[0].misses[0].text == "p99 9.50 µs, limit p99 9.00 µs")
  }

  @Test func `memory counts the state, and says where it was not counted`() throws {
    var results = Self.results()
    let without = try advice(in: results) { $0.memory = 38_000 }
    #expect(without.fitting == 6 && without.notes.contains { $0.contains("was not counted") })
    for index in results.cells.indices { results.cells[index].cost.stateBytes = index % 3 == 1 ? 5000 : 0 }
    let with = try advice(in: results) { $0.memory = 38_000 }
    #expect(with.fitting == 4 && with.notes.isEmpty && with.excluded == ["memory": 2])
  }

  @Test func `one seed takes the best figure and says that nothing is shown`() throws {
    var results = Self.results()
    results.seeds = [11]
    for index in results.cells.indices {
      results.cells[index].perSeed = Array(results.cells[index].perSeed.prefix(1))
      results.cells[index].quality = Estimate(results.cells[index].perSeed.compactMap { $0 })
    }
    let found = try advice(in: results)
    #expect(found.choice?.served.figures.name == "augmented with adapt" && found.notShownWorse == 1)
    #expect(found.notes.contains { $0.hasPrefix("One seed") })
  }

  @Test func `oracles are never advised, arms with labels only where they may be`() throws {
    var results = Self.results()
    results.inferenceArms[1].usesLabels = true
    #expect(try advice(in: results).choice?.served.figures.inference == "adapt")
    let without = try advice(in: results) { $0.noLabels = true }
    #expect(without.choice?.served.figures.inference != "adapt" && without.excluded == ["no-labels": 2])
    results.inferenceArms[1].usesLabels = false
    results.inferenceArms[1].chosenBy = "oracle"
    let oracle = try advice(in: results)
    #expect(oracle.candidates == 4 && oracle.leftOut == 2 && oracle.choice?.served.figures.inference != "adapt")
  }

  @Test func `a question that cannot be answered says why`() {
    #expect(throws: AdviceError.unknownScenario("fog", known: ["noise", "clean"])) { try advice(over: ["fog"]) }
    #expect(
      "\(AdviceError.unknownScenario("fog", known: ["noise", "clean"]))"
        == "there is no scenario 'fog' in this run; it has: noise, clean")
    var results = Self.results()
    for index in results.cells.indices { results.cells[index].quality = nil }
    #expect(throws: AdviceError.nothingMeasured) { try advice(in: results) }
  }
}
