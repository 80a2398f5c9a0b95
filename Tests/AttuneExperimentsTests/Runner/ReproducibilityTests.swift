import Testing

@testable import AttuneExperiments

@Suite struct ReproducibilityTests {
  @Test func `one, two and four jobs and a second run give the same bits`() async throws {
    let experiment = try SmallExperiment.load()
    let first = Figures.all(try await SmallExperiment.run(experiment, jobs: 1))
    #expect(first.count == 16)
    #expect(first.values.allSatisfy { $0.perSeed.count == 2 && !$0.perSeed.contains(nil) && $0.failures.isEmpty })
    // Not all figures are the same one: seeds and arms differ.
    #expect(Set(first.values.flatMap(\.perSeed)).count > 10)
    for jobs in [1, 2, 4] {
      #expect(Figures.all(try await SmallExperiment.run(experiment, jobs: jobs)) == first)
    }
  }

  @Test func `the order of arms and scenarios changes no figure`() async throws {
    typealias Small = SmallExperiment
    let first = try await Small.run(Small.load())
    let turned = try await Small.run(
      Small.load(
        training: [Small.adam, Small.sgd], inference: [Small.student, Small.tent, Small.batch, Small.none],
        scenarios: [Small.noise, Small.clean]))
    #expect(Figures.all(turned) == Figures.all(first))
  }

  @Test func `another arm or scenario changes no figure of the others`() async throws {
    typealias Small = SmallExperiment
    let few = try await Small.run(
      Small.load(training: [Small.sgd], inference: [Small.none, Small.tent], scenarios: [Small.noise]))
    let many = try await Small.run(
      Small.load(
        training: [Small.adam, "{name: other, epochs: 2}", Small.sgd],
        inference: [Small.batch, "{name: ema, strategy: bn-ema}", Small.none, Small.tent],
        scenarios: [Small.clean, "{name: dark, shifts: [{kind: contrast, factor: 0.3}]}", Small.noise]))
    let figures = Figures.all(many)
    for (name, expected) in Figures.all(few) { #expect(figures[name] == expected, "\(name)") }
  }
}
