public import AttuneCore

/// A sweep: arms multiplied by values of their settings, `sweep:` in a config file.
///
/// ```yaml
/// sweep:
///   over:
///     training.adam.optimizer.learningRate: [0.0001, 0.001]
///     network.hidden: [[64], [128, 64]]
/// ```
public struct SweepConfiguration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
  /// How values are put together.
  public enum Method: String, Codable, Sendable, CaseIterable {
    /// Each value with each of the other paths.
    case grid
    /// Values drawn at random.
    case random
  }

  /// How values of several paths are put together; by default `random` where a path has an interval, else `grid`.
  public var method: Method?
  /// The number of draws of a random sweep; 10 where nothing is said. A draw that came before is no arm of its own.
  public var samples: Int?
  /// The seed of the draws, which have nothing to do with the seeds of the runs.
  public var seed: UInt64 = 0
  /// The values by path, as `--sweep` takes it: a list, or one of `range`, `choice`, `uniform`, `logUniform`, `integers`.
  public var over: [String: SweepValues] = [:]

  /// No sweep.
  public init() {}

  /// Throws a `ConfigValueError` for the first setting out of its range.
  public func validate() throws {
    if let samples {
      try ConfigCheck.range("samples", samples, atLeast: 1, atMost: SweepExpansion.maximumArms)
      try ConfigCheck.require(method != .grid, "samples", "does nothing beside 'method: grid'; remove one")
    }
  }
}

/// The values that a path takes in a sweep.
public enum SweepValues: Codable, Sendable, Equatable {
  /// These.
  case list([ConfigNode])
  /// Numbers drawn between two.
  case interval(Interval)

  /// An interval to draw from.
  public struct Interval: Sendable, Equatable {
    /// How numbers are drawn.
    public enum Kind: String, Sendable {
      /// All equally likely.
      case uniform
      /// Their logarithms equally likely.
      case logUniform
      /// Whole numbers, both ends among them.
      case integers
    }

    /// How numbers are drawn.
    public var kind: Kind
    /// The lowest number.
    public var low: Double
    /// The highest number.
    public var high: Double
  }

  /// The keys of the mappings.
  struct Written: Codable, Sendable, ValidatedConfiguration {
    /// Numbers from the first up to the second, which is not among them, in steps of the third, which is 1 where it is
    /// left out.
    var range: [Double]?
    /// These values; the same as a list.
    var choice: [AnyConfigValue]?
    /// Lowest and highest number of a random draw, all equally likely.
    var uniform: [Double]?
    /// Lowest and highest number of a random draw, their logarithms equally likely.
    var logUniform: [Double]?
    /// Lowest and highest whole number of a random draw, both among them.
    var integers: [Double]?

    func validate() throws {
      let given = [range != nil, choice != nil, uniform != nil, logUniform != nil, integers != nil]
      guard given.count(where: { $0 }) == 1 else {
        throw ConfigValueError("must have one of the keys range, choice, uniform, logUniform, integers")
      }
      if let choice { try ConfigCheck.require(!choice.isEmpty, "choice", "must be one value or more") }
    }
  }

  /// Decodes a list, or a mapping with one key.
  public init(from decoder: any Decoder) throws {
    if let probe = decoder as? any ConfigProbe {
      try probe.alternatives {
        _ = try $0.singleValueContainer().decode([AnyConfigValue].self)
      } or: {
        _ = try $0.singleValueContainer().decode(Written.self)
      }
      self = .list([])
      return
    }
    guard let decoder = decoder as? NodeDecoder else { throw ConfigValueError("can be read from a config file only") }
    let node = decoder.visited.node
    guard node.mapping != nil else {
      guard let elements = node.sequence, !elements.isEmpty else {
        throw decoder.mismatch("a list of values, or {range: […]}, {uniform: […]}, {logUniform: […]}")
      }
      self = .list(elements)
      return
    }
    let written = try decoder.singleValueContainer().decode(Written.self)
    if let choice = written.choice { self = .list(choice.map(\.node)) } else { self = try Self.numbers(written, node) }
  }

  /// Encodes as it is written.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .list(let values): try container.encode(values.map(AnyConfigValue.init))
    case .interval(let interval): try container.encode([interval.kind.rawValue: [interval.low, interval.high]])
    }
  }

  private static func numbers(_ written: Written, _ node: ConfigNode) throws -> SweepValues {
    if let range = written.range { return .list(try self.range(range, at: node.location)) }
    for (kind, ends) in [
      (Interval.Kind.uniform, written.uniform), (.logUniform, written.logUniform), (.integers, written.integers),
    ] {
      if let ends { return .interval(try interval(kind, ends, key: kind.rawValue)) }
    }
    preconditionFailure("one key was there")
  }

  /// Numbers from a start up to an end that is not among them.
  static func range(_ numbers: [Double], at location: ConfigLocation) throws -> [ConfigNode] {
    guard (1...3).contains(numbers.count), numbers.allSatisfy(\.isFinite) else {
      throw ConfigValueError("must be [end], [start, end] or [start, end, step]", key: "range")
    }
    let start = numbers.count == 1 ? 0 : numbers[0], end = numbers.count == 1 ? numbers[0] : numbers[1]
    let step = numbers.count == 3 ? numbers[2] : 1
    let count = ((end - start) / step - 1e-9).rounded(.up)
    guard step != 0, count >= 1 else {
      throw ConfigValueError("holds no number: the step must lead from the start to the end", key: "range")
    }
    guard count <= Double(SweepExpansion.maximumArms) else {
      throw ConfigValueError("holds more than \(SweepExpansion.maximumArms) numbers", key: "range")
    }
    return (0..<Int(count)).map { SweepNumber.node(start + Double($0) * step, at: location) }
  }

  static func interval(_ kind: Interval.Kind, _ ends: [Double], key: String) throws -> Interval {
    guard ends.count == 2, ends.allSatisfy(\.isFinite), ends[0] < ends[1] else {
      throw ConfigValueError("must be two numbers, the lower one first", key: key)
    }
    if kind == .logUniform, ends[0] <= 0 { throw ConfigValueError("must be numbers above 0", key: key) }
    if kind == .integers {
      guard ends.allSatisfy({ $0 == $0.rounded() && abs($0) < 1e15 }) else {
        throw ConfigValueError("must be whole numbers", key: key)
      }
    }
    return Interval(kind: kind, low: ends[0], high: ends[1])
  }
}

/// Any value of a config file, as it was written.
struct AnyConfigValue: Codable, Sendable, Equatable {
  let node: ConfigNode

  init(node: ConfigNode) { self.node = node }

  init(from decoder: any Decoder) throws {
    if let probe = decoder as? any ConfigProbe {
      probe.acceptAnything()
      node = ConfigNode(.scalar(ConfigScalar("")), at: ConfigLocation(source: ""))
      return
    }
    guard let decoder = decoder as? NodeDecoder else { throw ConfigValueError("can be read from a config file only") }
    node = decoder.visited.node
    decoder.visited.askAll()
  }

  func encode(to encoder: any Encoder) throws {
    guard let encoder = encoder as? NodeEncoder else { throw ConfigValueError("can be written to a config file only") }
    encoder.box.become(node)
  }
}
