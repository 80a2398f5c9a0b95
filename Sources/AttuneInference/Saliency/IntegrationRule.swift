/// Where the gradient is taken along the way from the baseline to the input, and with which weights. The weights sum to 1.
public enum IntegrationRule: String, Codable, Sendable, CaseIterable {
  /// The middle of each of n equal parts: exact for a gradient that changes linearly.
  case midpoint
  /// The end of each part that is nearer to the baseline.
  case left
  /// The end of each part that is nearer to the input.
  case right
  /// n points with both ends, which count half.
  case trapezoid

  /// Places between 0, the baseline, and 1, the input, with their weights.
  func nodes(_ steps: Int) -> [(place: Double, weight: Double)] {
    let share = 1 / Double(steps)
    switch self {
    case .midpoint: return (0..<steps).map { ((Double($0) + 0.5) * share, share) }
    case .left: return (0..<steps).map { (Double($0) * share, share) }
    case .right: return (0..<steps).map { (Double($0 + 1) * share, share) }
    case .trapezoid:
      guard steps > 1 else { return [(0.5, 1)] }
      let width = 1 / Double(steps - 1)
      return (0..<steps).map { (Double($0) * width, $0 == 0 || $0 == steps - 1 ? width / 2 : width) }
    }
  }
}
