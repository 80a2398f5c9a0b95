internal import AttuneCore
internal import Foundation

extension RecipeConfiguration {
  /// Whether statistics or parameters of a normalization are adapted.
  var needsNormalization: Bool {
    statistics.kind.name != SourceNormalization.kind || scope.kind == .normAffine
      || objectives.contains { $0.choice.kind.name == MomentMatching.kind }
  }

  /// Whether a network must have a batch-norm layer: before the output layer of a linear model there is nothing else that
  /// could learn to align features.
  func needsNormalization(in network: Network) -> Bool {
    needsNormalization
      || objectives.contains { $0.choice.kind.name == SubspaceAlignment.kind }
        && scope.parameters(of: network).isEmpty
  }
}

extension Network {
  /// The network with a batch-norm layer: itself where it has one, else with one that normalizes its inputs and gives them
  /// back as they were, until something adapts it.
  ///
  /// - Throws: `MissingNormalization` where the source's statistics are not known.
  func withNormalization(for strategy: String, _ source: SourceStatistics?) throws -> Network {
    guard normalizationLayers.isEmpty else { return self }
    guard let source else { throw MissingNormalization(strategy: strategy) }
    var norm = BatchNorm(dimension: inputDimension)
    norm.runningMean = Matrix(row: source.mean.map(Float.init))
    norm.runningVariance = Matrix(row: source.variance.map(Float.init))
    norm.gamma = norm.runningVariance.map { ($0 + norm.epsilon).squareRoot() }
    norm.beta = norm.runningMean
    return try Network([.batchNorm(norm)] + layers)
  }
}
