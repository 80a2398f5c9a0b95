import Attune

/// A shift of one's own: some lines of an image sensor are dead and read 0.
struct DeadRows: Shift, Codable, DefaultInitializable {
  /// The name in a config file: `{kind: dead-rows, count: 3}`.
  static let name = "dead-rows"
  /// How many lines are dead; they are chosen once for the whole stream.
  var count = 2

  /// Stands in tables and reports.
  var summary: String { "\(count) dead lines" }

  /// - Parameter features: `[rows, height · width]`, raw, before preprocessing.
  func apply(to features: Matrix, in context: ShiftContext, using generator: inout Philox) throws -> Matrix {
    guard let image = context.image, count <= image.height else {
      throw ShiftError(
        shift: Self.name, problem: "it needs images of at least \(count) lines",
        advice: "name data.image, for example image: {height: 8, width: 8}")
    }
    let dead = Set((0..<image.height).shuffled(using: &generator).prefix(count))
    return Matrix(rows: features.rows, columns: features.columns) { out in
      features.withElements { pixels in
        for i in pixels.indices {
          let line = i % features.columns / image.width
          out[i] = dead.contains(line) ? 0 : pixels[i]
        }
      }
    }
  }
}
