import AttuneCore
import AttuneInference
import Testing

/// Corrections of outputs against the published code of LAME, T3A and AdapTable.
@Suite struct PublishedOutputCorrectionTests {
  private func check(
    _ strategy: some AdaptationStrategy, _ file: String, _ variant: String, within tolerance: Float = 1e-4,
    in context: AdaptationContext? = nil
  ) throws {
    let problem = try PublishedProblem(), fixture = try PublishedFixture.load(file).variant(variant)
    let expected = try #require(fixture.logits ?? fixture.probabilities)
    let areLogits = fixture.logits != nil
    let differences = try problem.differences(of: strategy, from: expected, context: context) {
      areLogits ? $0 : $0.softmax()
    }
    let worst = differences.max() ?? .infinity
    #expect(worst < tolerance, "\(file), \(variant): off by \(worst), per batch \(differences)")
  }

  private func lame(_ change: (inout LaplacianCorrection.Configuration) -> Void) throws -> Recipe<LAME> {
    var settings = LaplacianCorrection.Configuration()
    change(&settings)
    return try Recipe<LAME> { $0.correction = [.part(LaplacianCorrection.self, settings)] }
  }

  @Test func `LAME with nearest neighbors`() throws {
    try check(try Recipe<LAME>(), "lame", "kNN")
    try check(try lame { $0.neighbors = 3 }, "lame", "kNN3")
    try check(try lame { $0.symmetric = true }, "lame", "kNNSymmetric")
  }

  @Test func `LAME with dense affinities`() throws {
    try check(try lame { $0.affinity = .rbf }, "lame", "rbf")
    // Its rounds contract slowly: rounding decides where they end, as it does between float32 and float64 in the
    // published code (2e-4).
    try check(try lame { $0.affinity = .linear }, "lame", "linear", within: 1e-3)
  }

  @Test(arguments: [
    ("one", TemplateAdjustment.Filter.lowest(1), false), ("five", .lowest(5), false), ("twenty", .lowest(20), false),
    ("allRepaired", .all, false), ("allAsPublished", .all, true),
  ])
  func `T3A`(variant: String, filter: TemplateAdjustment.Filter, asPublished: Bool) throws {
    var settings = TemplateAdjustment.Configuration()
    (settings.filter, settings.asPublished) = (filter, asPublished)
    try check(try Recipe<T3A> { $0.correction = [.part(TemplateAdjustment.self, settings)] }, "t3a", variant)
  }

  @Test func `AdapTable without its calibrator`() throws {
    let problem = try PublishedProblem()
    var context = problem.context
    context.source?.classShares = [40, 20, 35, 50, 15].map { $0 / 160 }
    try check(try Recipe<AdapTable>(), "adaptable", "default", in: context)
    var slow = LabelDistributionHandler.Configuration()
    (slow.smoothing, slow.lowerQuantile, slow.upperQuantile) = (0.5, 0.1, 0.65)
    try check(
      try Recipe<AdapTable> { $0.correction = [.part(LabelDistributionHandler.self, slow)] }, "adaptable", "slow",
      in: context)
  }
}
