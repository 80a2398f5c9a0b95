public import AttuneCore

/// One of the corruptions of MNIST-C, at a severity from 1 to 5.
///
/// Pixels are stretched from the context's range to `0...1`, corrupted, clipped and stretched back. A row's noise depends
/// on the generator and the number of the row only, not on how many rows there are.
///
/// Lengths are those for images 28 pixels wide and grow with the width. What is laid over an image (fog, spatter, lines)
/// is made for a width of 28 and brought to the size of the image by block averages. The blocks of `jpeg` are of 8 × 8
/// pixels at every size.
///
/// - Source: Mu, Gilmer (2019), MNIST-C: a robustness benchmark for computer vision, arXiv:1906.02337; parameters of the
///   released generator.
/// - Note: Differs from the generator: both blurs with a Gaussian blur along both axes, and images between two steps are
///   not rounded to 8 bits, except for `jpeg`. `frost`, `snow`, `saturate` and `pessimal_noise` are missing.
public struct Corruption: SeverityShift, Codable, Equatable {
  private enum CodingKeys: String, CodingKey {
    /// Which one.
    case corruption = "name"
    case severity
  }

  /// `corruption`.
  public static let name = "corruption"
  /// Which one.
  public var corruption: ImageCorruption
  /// From 1 to 5; without effect where the corruption has one form only.
  public var severity: Int

  /// A corruption, at the severity of the published benchmark unless one is given.
  public init(_ corruption: ImageCorruption, severity: Int? = nil) {
    self.corruption = corruption
    self.severity = severity ?? corruption.defaultSeverity
  }

  /// Decodes the shift; `name` is required, `severity` has the default of the corruption.
  ///
  /// - Throws: `ConfigValueError` for a name that is not known, or a severity where there are none; `ParameterError` if
  ///   the severity is out of range.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let severity = try values.decodeIfPresent(Int.self, forKey: .severity)
    guard !(decoder is any ConfigProbe) else {
      self.init(try values.decode(ImageCorruption.self, forKey: .corruption))
      return
    }
    let name = try values.decode(String.self, forKey: .corruption)
    guard let corruption = ImageCorruption(rawValue: name) else {
      throw ConfigValueError(
        "unknown corruption", key: "name", given: name, known: ImageCorruption.allCases.map(\.rawValue))
    }
    if let severity, !corruption.hasSeverities {
      throw ConfigValueError("'\(name)' has no severities; remove the key", key: "severity", given: "\(severity)")
    }
    self.init(corruption, severity: severity)
    try checkSeverity()
  }

  /// Encodes so that decoding gives an equal value.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(corruption, forKey: .corruption)
    if hasSeverities { try values.encode(severity, forKey: .severity) }
  }

  /// For example `fog, severity 3`.
  public var summary: String { hasSeverities ? "\(corruption.rawValue), severity \(severity)" : corruption.rawValue }

  /// Whether the corruption comes in severities.
  public var hasSeverities: Bool { corruption.hasSeverities }

  /// The same corruption at another severity.
  public func atSeverity(_ severity: Int) -> Corruption { Corruption(corruption, severity: severity) }

  /// The corrupted images; a missing pixel counts as black and stays missing.
  ///
  /// - Complexity: O(d) for each image, times the size of the kernel for blurs; fog makes a map of 256 × 256 each time.
  public func apply(to features: Matrix, in context: ShiftContext, using generator: inout Philox) throws -> Matrix {
    try checkSeverity()
    let shape = try context.checkedImage(for: Self.name, columns: features.columns)
    guard let range = context.range, range.upperBound > range.lowerBound else {
      throw ShiftError(
        shift: Self.name, problem: "it needs the values of black and white, and the data has no range",
        advice: "give them as data.range, such as [0, 255]")
    }
    let low = Double(range.lowerBound), span = Double(range.upperBound) - low, d = features.columns
    let stream = Philox(seed: generator.next())
    return Matrix(rows: features.rows, columns: d) { out in
      features.withElements { x in
        for row in 0..<features.rows {
          let start = row * d
          var image = GrayImage(height: shape.height, width: shape.width)
          for i in 0..<d where !x[start + i].isNaN {
            image.pixels[i] = min(max((Double(x[start + i]) - low) / span, 0), 1)
          }
          var generator = stream.fork(row)
          let corrupted = corrupted(image, using: &generator)
          for i in 0..<d {
            let value = Float(low + span * min(max(corrupted.pixels[i], 0), 1))
            out[start + i] = x[start + i].isNaN ? .nan : context.clipped(value)
          }
        }
      }
    }
  }
}
