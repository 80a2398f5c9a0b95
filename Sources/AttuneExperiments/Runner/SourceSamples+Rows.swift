internal import AttuneCore
internal import AttuneData
internal import AttuneInference
internal import AttuneTraining

extension SourceSamples {
  /// The most training rows that a strategy is given.
  static let limit = 2000

  /// Training rows as a model's network meets them, with their classes: all, or as many as the limit at random.
  ///
  /// All arms of a seed are given the same rows.
  init(of model: Model, _ train: Table, seed: UInt64) throws {
    var generator = Philox(seed: seed).fork("source samples")
    let rows = generator.permutation(train.count).prefix(Self.limit).sorted()
    var labels: [Int]?
    if case .classes(let found, _) = train.targets.rows(at: rows) { labels = found }
    self.init(inputs: try model.preprocessing.apply(train.features.rows(at: rows)), labels: labels)
  }
}

extension AdaptationContext {
  /// The context with what a strategy declares to need, and nothing else.
  func declared(
    by strategy: any AdaptationStrategy, samples: @autoclosure () throws -> SourceSamples, target: Matrix?,
    image: ImageShape?
  ) rethrows -> AdaptationContext {
    var context = self
    context.image = image
    if strategy.sourceAccess >= .samples { context.samples = try samples() }
    if strategy.conventions?.seesTarget == true { context.target = target }
    return context
  }
}
