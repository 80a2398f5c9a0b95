public import AttuneCore

/// Adds one amount to every feature: `x + amount`.
public struct Brightness: Shift, Codable, Equatable {
  /// `brightness`.
  public static let name = "brightness"
  /// What is added, in the features' units; negative darkens.
  public var amount: Float

  /// A brightness raised by `amount`.
  public init(amount: Float = 0.5) {
    self.amount = amount
  }

  /// Decodes the shift; what is left out has its default.
  ///
  /// - Throws: `ParameterError` if a value is out of range.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(amount: try values.decodeIfPresent(Float.self, forKey: .amount) ?? Brightness().amount)
    try validate()
  }

  /// For example `brightness + 0.5`.
  public var summary: String { amount < 0 ? "brightness − \(-amount)" : "brightness + \(amount)" }

  /// The brighter features, clipped to the context's range.
  public func apply(to features: Matrix, in context: ShiftContext, using generator: inout Philox) throws -> Matrix {
    try validate()
    return features.map { context.clipped($0 + amount) }
  }

  private func validate() throws(ParameterError) {
    try ParameterError.check(amount.isFinite, Self.name, "amount", amount, "a finite number")
  }
}
