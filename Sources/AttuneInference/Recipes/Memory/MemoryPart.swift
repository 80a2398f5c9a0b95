public import AttuneCore

/// Rows of the stream that are kept to learn from, instead of the batch itself.
public protocol MemoryPart: RecipePart {
  /// Takes a row of the stream, or not.
  ///
  /// - Returns: whether it is time to learn from what is kept.
  mutating func add(_ row: RememberedRow, using generator: inout Philox) -> Bool
  /// What is kept.
  var contents: RememberedRows { get }
}

/// A row of the stream with what the model said of it.
public struct RememberedRow: Codable, Sendable {
  /// The inputs, `[1, d]`.
  public let input: Matrix
  /// The predicted class.
  public let label: Int
  /// The probability of that class.
  public let confidence: Float
  /// The entropy of the prediction, in nats.
  public let entropy: Float

  /// A row `[1, d]` with what the model said of it.
  public init(input: Matrix, label: Int, confidence: Float, entropy: Float) {
    self.input = input
    self.label = label
    self.confidence = confidence
    self.entropy = entropy
  }
}

/// What a memory keeps.
public struct RememberedRows: Sendable {
  /// The inputs, `[m, d]`.
  public let inputs: Matrix
  /// Age of each row as a share of the memory's capacity; empty where age does not count.
  public let ages: [Float]

  /// Rows, with their ages where these count.
  public init(inputs: Matrix, ages: [Float] = []) {
    self.inputs = inputs
    self.ages = ages
  }
}

/// The place of the memory.
public enum MemoryPlace: RecipePlace {
  /// `memory` in config files.
  public static let name = "memory"
  /// The kinds that config files can name.
  public static var kinds: [PartKind<(any MemoryPart)?>] {
    [
      PartKind(NoMemory.self) { _ in nil },
      PartKind(FirstInFirstOut.self) { $0 },
      PartKind(Reservoir.self) { $0 },
      PartKind(ClassBalancedMemory.self) { $0 },
      PartKind(CategoryTimeliness.self) { $0 },
      PartKind(HighConfidenceMemory.self) { $0 },
    ]
  }
}

extension PartChoice where Place == MemoryPlace {
  /// A part with its settings.
  public static func part<P: MemoryPart>(_ type: P.Type, _ settings: P.Configuration = P.Configuration()) -> Self {
    Self(PartKind(type) { $0 }, settings)
  }
  /// No memory: the batch itself is learned from.
  public static var none: Self { Self(PartKind(NoMemory.self) { _ in nil }, NoSettings()) }
}

/// Stands for no memory in config files.
public struct NoMemory: RecipePart {
  /// Has no settings.
  public typealias Configuration = NoSettings
  /// `none` in config files.
  public static let kind = "none"
  /// What help says.
  public static let summary = "no memory: each batch is learned from as it comes"
  /// The part.
  public init(_ configuration: NoSettings = NoSettings(), in setup: RecipeSetup) {}
}
