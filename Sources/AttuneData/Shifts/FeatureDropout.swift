public import AttuneCore

/// Replaces each feature of each row, with a probability, by a value that says nothing: a sensor that is silent at times.
///
/// - Note: Differs from dropout of a network's inputs: the other features are not scaled up, and the value is in the raw
///   features' units, so that the training mean becomes 0 where preprocessing standardizes.
public struct FeatureDropout: Shift, Codable, Equatable {
  /// What takes the place of a feature.
  public enum Fill: String, Codable, Sendable, CaseIterable {
    /// The mean of the column in the source data.
    case mean
    /// 0, or the nearest value in the context's range.
    case zero
  }

  /// `feature-dropout`.
  public static let name = "feature-dropout"
  /// How likely each feature of each row is replaced, independently of the others.
  public var probability: Double
  /// What takes its place.
  public var fill: Fill

  /// Features dropped with a probability.
  public init(probability: Double = 0.1, fill: Fill = .mean) {
    self.probability = probability
    self.fill = fill
  }

  /// Decodes the shift; what is left out has its default.
  ///
  /// - Throws: `ParameterError` if a value is out of range.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self), standard = FeatureDropout()
    self.init(
      probability: try values.decodeIfPresent(Double.self, forKey: .probability) ?? standard.probability,
      fill: try values.decodeIfPresent(Fill.self, forKey: .fill) ?? standard.fill)
    try validate()
  }

  /// For example `features dropped with probability 0.1, filled with the mean`.
  public var summary: String {
    "features dropped with probability \(probability), filled with \(fill == .mean ? "the mean" : "0")"
  }

  /// The features, some of them replaced, clipped to the context's range.
  public func apply(to features: Matrix, in context: ShiftContext, using generator: inout Philox) throws -> Matrix {
    try validate()
    let d = features.columns
    let fills =
      fill == .mean
      ? try context.featureMeans(for: Self.name, columns: d, orElse: ", or fill with zero")
      : Array(repeating: 0, count: d)
    return Matrix(rows: features.rows, columns: d) { out in
      features.withElements { x in
        for i in x.indices {
          out[i] = context.clipped(generator.nextUniformDouble() < probability ? fills[i % d] : x[i])
        }
      }
    }
  }

  private func validate() throws(ParameterError) {
    try ParameterError.check(
      (0...1).contains(probability), Self.name, "probability", probability, "a probability in 0...1")
  }
}
