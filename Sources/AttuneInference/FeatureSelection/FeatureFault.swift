internal import Foundation

/// What is wrong with an input.
public struct FeatureFault: Codable, Sendable, Equatable {
  /// The kinds that are told apart.
  public enum Kind: String, Codable, Sendable, CaseIterable {
    /// One value again and again.
    case stuck
    /// No finite value, or the source's mean in the place of each, as preprocessing fills in.
    case missing
    /// `x + offset`.
    case shifted
    /// `gain · x + offset`.
    case rescaled
    /// In the place of another input.
    case swapped
    /// Varies as its relation to the other inputs, or its distribution in the source, does not explain.
    case noisy
  }

  /// The input, by index.
  public let feature: Int
  /// What happened to it.
  public let kind: Kind
  /// What the deviations from the mean were multiplied by; 0 where it is stuck or missing.
  public var gain = 1.0
  /// What was added, of an input that is stuck its value, in the unit of the network's inputs.
  public var offset = 0.0
  /// The input in whose place it is.
  public var partner: Int?

  /// Whether what is seen can be turned back into what the sensor would have said.
  public var isReversible: Bool { kind == .shifted || kind == .rescaled || kind == .swapped }

  /// The fault in words, for example `stuck at 1.5`.
  func text(_ name: (Int) -> String) -> String {
    switch kind {
    case .stuck: "stuck at \(Self.short(offset))"
    case .missing: "missing"
    case .shifted: "shifted by \(Self.short(offset))"
    case .rescaled: "rescaled to \(Self.short(gain)) times its deviations, moved by \(Self.short(offset))"
    case .swapped: "swapped with \(partner.map(name) ?? "another")"
    case .noisy: "noisy, \(Self.short(gain)) times its deviations"
    }
  }

  private static func short(_ value: Double) -> String {
    String(format: "%.3g", value)
  }
}
