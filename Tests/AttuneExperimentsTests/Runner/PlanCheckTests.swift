import AttuneCore
import AttuneData
import Testing

@testable import AttuneExperiments

@Suite struct PlanCheckTests {
  private typealias Small = SmallExperiment

  private func failures(_ experiment: ExperimentConfiguration) throws -> [PlanCheck.ExpectedFailure] {
    try PlanCheck(experiment, configFolder: "").expectedFailures()
  }

  @Test func `what the plan says is what the run records`() async throws {
    let network = "network: {kind: mlp, hidden: [8], batchNorm: false}"
    let plain = "{name: plain, optimizer: {kind: sgd, learningRate: 0.05}, epochs: 1, \(network)}"
    let experiment = try Small.load(
      training: [Small.sgd, plain],
      inference: [
        Small.none, Small.tent, "{name: rls, strategy: recursive-least-squares}",
        "{name: normalized, strategy: tent, student: {hidden: [4], epochs: 1}}",
        "{name: bare, strategy: ftat, student: {hidden: [4], epochs: 1, batchNorm: false}}",
      ], scenarios: [Small.clean])
    let expected = try failures(experiment)
    #expect(
      expected.map { "\($0.training)/\($0.inference)" } == [
        "sgd/rls", "sgd/bare", "plain/rls", "plain/bare",
      ])
    let results = try await Small.run(experiment)
    for cell in results.cells {
      let reason = expected.first { $0.training == cell.training && $0.inference == cell.inference }?.reason
      #expect(cell.failures == (reason.map { ["seed 3: \($0)", "seed 4: \($0)"] } ?? []))
    }
  }

  @Test func `a classifier's strategy is refused on a regression`() throws {
    let data = """
      data: {source: {kind: house-prices}, task: regression}
      network: {kind: mlp, hidden: [8], batchNorm: true}
      """
    let found = try failures(
      Small.load(
        training: [Small.adam], inference: [Small.none, Small.tent, "{strategy: recursive-least-squares}"], data: data))
    #expect(found.map(\.inference) == ["tent"])
    #expect(found.first?.reason.hasPrefix("strategy 'tent' is for classification") == true, "\(found)")
  }

  @Test func `an augmentation that does not fit fails every arm`() async throws {
    let turned = """
      {name: turned, optimizer: {kind: sgd, learningRate: 0.05}, epochs: 1, \
      augmentation: [{kind: rotation, degrees: 10}]}
      """
    let experiment = try Small.load(training: [turned], inference: [Small.none, Small.batch], scenarios: [Small.clean])
    let found = try failures(experiment)
    #expect(found.map(\.inference) == ["none", "bn"])
    let results = try await Small.run(experiment)
    #expect(results.cells.map(\.failures.first) == found.map { "seed 3: \($0.reason)" })
  }

  @Test func `batches that batch norm cannot take fail every arm`() async throws {
    let single = "{name: single, optimizer: {kind: sgd, learningRate: 0.05}, epochs: 1, batchSize: 1}"
    let experiment = try Small.load(
      training: [single, Small.sgd], inference: [Small.none, Small.batch], scenarios: [Small.clean])
    let found = try failures(experiment)
    #expect(found.map { "\($0.training)/\($0.inference)" } == ["single/none", "single/bn"])
    #expect(found[0].reason.contains("batches of at least 2 rows for batch norm"), "\(found)")
    let results = try await Small.run(experiment)
    #expect(results.cells.compactMap(\.failures.first) == found.map { "seed 3: \($0.reason)" })
    let reasons = FailureReason.all(in: results)
    #expect(reasons.map(\.training) == ["single"] && reasons.map(\.seeds) == [[3, 4]] && reasons.map(\.count) == [4])
  }

  @Test func `a plan without inference arms or scenarios is none to run`() throws {
    try PlanCheck.checkSections(of: Small.load())
    for (key, experiment) in [
      ("inference", try Small.load(inference: [])), ("scenarios", try Small.load(scenarios: [])),
    ] {
      let error = #expect(throws: ConfigValueError.self) { try PlanCheck.checkSections(of: experiment) }
      #expect(error?.key == key)
    }
  }

  @Test func `a shift that does not fit is an error with its scenario`() throws {
    let turned = "{name: turned, shifts: [{kind: rotation, degrees: 10}]}"
    let check = try PlanCheck(Small.load(scenarios: [Small.clean, turned]), configFolder: "")
    let error = #expect(throws: UnfitScenario.self) { try check.checkScenarios() }
    #expect(error?.scenario == "turned")
    try PlanCheck(Small.load(), configFolder: "").checkScenarios()
  }

  @Test func `reasons are counted without their seeds, the most frequent first`() async throws {
    let wild = "{name: wild, optimizer: {kind: sgd, learningRate: 1e10}, epochs: 3}"
    let results = try await Small.run(
      Small.load(
        inference: [
          Small.none, "{name: rls, strategy: recursive-least-squares}", "{name: ftat, strategy: ftat}",
        ]))
    let reasons = FailureReason.all(in: results)
    // Two training arms, two scenarios, two seeds; the order of the cells decides between equal counts.
    #expect(reasons.map(\.count) == [8, 8])
    #expect(reasons.first?.text.hasPrefix("strategy 'recursive-least-squares' is for regression") == true)
    #expect(reasons.last?.text.hasPrefix("strategy 'ftat' is for two classes") == true)
    let diverged = try await Small.run(
      Small.load(training: [wild, Small.sgd], inference: [Small.none, Small.student], scenarios: [Small.clean]))
    let found = FailureReason.all(in: diverged)
    #expect(found.map(\.count).reduce(0, +) == 4)
    #expect(found.allSatisfy { $0.training == "wild" && $0.text.contains("diverged") })
    #expect(found.flatMap(\.seeds).sorted() == [3, 4])
    let whole = try await Small.run(Small.load(training: [Small.sgd], scenarios: [Small.clean]))
    #expect(FailureReason.all(in: whole).isEmpty)
  }
}
