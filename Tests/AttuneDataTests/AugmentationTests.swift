import AttuneCore
import Foundation
import Testing

@testable import AttuneData

/// The shifts that are meant for training batches first: jitter, feature dropout, a choice of shifts.
@Suite struct AugmentationTests {
  private func apply(
    _ shift: some Shift, _ features: Matrix, _ context: ShiftContext = ShiftContext(), seed: UInt64 = 1
  ) throws -> Matrix {
    var generator = Philox(seed: seed)
    return try shift.apply(to: features, in: context, using: &generator)
  }

  /// Whether a binomial count is within four deviations of its mean.
  private func isLikely(_ count: Int, of trials: Int, _ probability: Double) -> Bool {
    let mean = Double(trials) * probability
    return abs(Double(count) - mean) < 4 * (mean * (1 - probability)).squareRoot()
  }

  @Test func `each image moves by whole pixels of its own, all moves equally often`() throws {
    let context = ShiftContext(image: ImageShape(height: 5, width: 7)), rows = 9000
    // A lit pixel in the middle: where it is afterwards tells the move.
    let x = Matrix(rows: rows, columns: 35, (0..<rows * 35).map { $0 % 35 == 2 * 7 + 3 ? 1 : 0 })
    let moved = try apply(Jitter(pixels: 1), x, context)
    var counts: [Int: Int] = [:]
    for row in 0..<rows {
      let lit = moved.row(row).indices.filter { moved[row, $0] != 0 }
      #expect(lit.count == 1 && moved[row, lit[0]] == 1)
      counts[lit[0], default: 0] += 1
    }
    let places = [1, 2, 3].flatMap { row in [2, 3, 4].map { row * 7 + $0 } }
    #expect(Set(counts.keys) == Set(places))
    for place in places { #expect(isLikely(counts[place] ?? 0, of: rows, 1.0 / 9)) }
  }

  @Test func `what comes in is the lowest value of the range, or 0`() throws {
    let image = ImageShape(height: 2, width: 2), x = Matrix(rows: 400, columns: 4, repeating: 5)
    let plain = try apply(Jitter(pixels: 1), x, ShiftContext(image: image))
    #expect(Set(plain.elements) == [0, 5])
    let bounded = try apply(Jitter(pixels: 1), x, ShiftContext(image: image, range: -1...4))
    #expect(Set(bounded.elements) == [-1, 4])
    // The same moves in both.
    #expect(zip(plain.elements, bounded.elements).allSatisfy { ($0 == 0) == ($1 == -1) })
    #expect(try apply(Jitter(pixels: 0), x, ShiftContext(image: image)) == x)
    // Nearly every move of up to the largest integer leaves nothing of the image.
    #expect(try apply(Jitter(pixels: .max), x, ShiftContext(image: image)) == Matrix(rows: 400, columns: 4))
  }

  @Test func `a jitter of one image is a translation`() throws {
    let context = ShiftContext(image: ImageShape(height: 3, width: 4))
    let x = Matrix([(0..<12).map { Float($0 + 1) }])
    let translations = try (-2...2).flatMap { dx in
      try (-2...2).map { dy in try apply(Translation(dx: dx, dy: dy), x, context).elements }
    }
    var seen: Set<[Float]> = []
    for seed in 0..<200 {
      let moved = try apply(Jitter(pixels: 2), x, context, seed: UInt64(seed)).elements
      #expect(translations.contains(moved))
      seen.insert(moved)
    }
    #expect(seen.count > 20, "of 25 moves")
  }

  @Test func `features are dropped independently with their probability, to the mean or to 0`() throws {
    let rows = 5000
    var generator = Philox(seed: 2)
    let x = generator.uniform(rows: rows, columns: 4, in: 1..<2)
    let mean = Matrix([[10, 20, 30, 40]])
    let dropped = try apply(FeatureDropout(probability: 0.2), x, ShiftContext(featureMean: mean))
    for column in 0..<4 {
      let count = (0..<rows).count { dropped[$0, column] == mean[0, column] }
      #expect(isLikely(count, of: rows, 0.2))
      #expect((0..<rows).allSatisfy { [mean[0, column], x[$0, column]].contains(dropped[$0, column]) })
    }
    let both = (0..<rows).count { dropped[$0, 0] == 10 && dropped[$0, 1] == 20 }
    #expect(isLikely(both, of: rows, 0.04))
    // Zero in the same places, and more of them for a higher probability.
    let zeroed = try apply(FeatureDropout(probability: 0.2, fill: .zero), x)
    #expect(zip(dropped.elements, zeroed.elements).allSatisfy { ($0 >= 10) == ($1 == 0) })
    let more = try apply(FeatureDropout(probability: 0.6, fill: .zero), x)
    #expect(zip(zeroed.elements, more.elements).allSatisfy { $0 != 0 || $1 == 0 })
    #expect(try apply(FeatureDropout(probability: 0), x, ShiftContext(featureMean: mean)) == x)
    #expect(try apply(FeatureDropout(probability: 1, fill: .zero), x) == Matrix(rows: rows, columns: 4))
    #expect(
      try apply(FeatureDropout(probability: 1, fill: .zero), x, ShiftContext(range: 0.5...9)).elements
        .allSatisfy { $0 == 0.5 })
  }

  @Test func `each batch or each row gets one shift, all equally often`() throws {
    let gains: [Float] = [2, 3, 5], shifts = gains.map { Scaling(gain: $0) }
    let x = Matrix(rows: 4000, columns: 2, repeating: 1)
    let rows = try apply(OneOf(shifts, unchanged: 0.25, per: .row), x)
    for row in 0..<4000 { #expect(rows[row, 0] == rows[row, 1]) }
    for value in gains + [1] {
      let count = (0..<4000).count { rows[$0, 0] == value }
      #expect(isLikely(count, of: 4000, 0.25))
    }
    var counts: [Float: Int] = [:]
    for seed in 0..<800 {
      let batch = try apply(
        OneOf(shifts, unchanged: 0.25), Matrix(rows: 3, columns: 2, repeating: 1), seed: UInt64(seed))
      #expect(Set(batch.elements).count == 1)
      counts[batch[0, 0], default: 0] += 1
    }
    for value in gains + [1] { #expect(isLikely(counts[value] ?? 0, of: 800, 0.25)) }
    #expect(try apply(OneOf(shifts, unchanged: 1), x) == x)
    #expect(try apply(OneOf(shifts, unchanged: 1, per: .row), x) == x)
  }

  @Test func `rows keep their places when each has a shift of its own`() throws {
    let x = Matrix(rows: 50, columns: 2, (0..<100).map { Float($0) })
    let shifted = try apply(OneOf([Scaling(gain: -1), Brightness(amount: 1000)], per: .row), x)
    for row in 0..<50 {
      let own = x.row(row)
      #expect([own.map { -$0 }, own.map { $0 + 1000 }].contains(shifted.row(row)))
    }
  }

  @Test func `settings out of range and missing knowledge are told`() throws {
    func text(_ shift: some Shift, _ context: ShiftContext = ShiftContext()) -> String {
      message { try apply(shift, Matrix(rows: 2, columns: 4), context) }
    }
    #expect(text(Jitter(pixels: -1)) == "jitter: pixels is -1; give an integer of 0 or more")
    #expect(text(Jitter()).hasPrefix("jitter: it needs the images' height and width"))
    #expect(
      text(FeatureDropout(probability: 1.5))
        == "feature-dropout: probability is 1.5; give a probability in 0...1")
    #expect(
      text(FeatureDropout())
        == "feature-dropout: it needs the source's mean of each feature, and none are known; "
        + "fit them on the source data, or fill with zero")
    #expect(
      text(FeatureDropout(), ShiftContext(featureMean: Matrix([[1, 2]]))).contains("there are 2 for 4 features"))
    #expect(text(OneOf([])) == "one-of: shifts is []; give at least one shift")
    #expect(
      text(OneOf([Scaling()], unchanged: .nan)) == "one-of: unchanged is nan; give a probability in 0...1")
    #expect(text(OneOf([Rotation()])).hasPrefix("rotation: it needs the images' height and width"))
  }

  @Test func `summaries name the settings`() {
    #expect(Jitter(pixels: 2).summary == "jitter by up to 2 pixels")
    #expect(Jitter().summary == "jitter by up to 1 pixel")
    #expect(FeatureDropout().summary == "features dropped with probability 0.1, filled with the mean")
    #expect(
      OneOf([Scaling(gain: 2), Contrast(factor: 0.5)], unchanged: 0.5, per: .row).summary
        == "one of (gain × 2.0, contrast × 0.5) per row, unchanged with probability 0.5")
  }

  @Test func `a choice knows all its shifts, also nested ones`() throws {
    let json = """
      {"kind": "one-of", "shifts": [{"kind": "jitter"},
        {"kind": "one-of", "shifts": [{"kind": "scaling"}, {"kind": "contrast"}]}]}
      """
    let shift = try JSONDecoder().decode(ShiftConfiguration.self, from: Data(json.utf8))
    #expect(shift.alternatives.map(\.summary) == [Jitter().summary, Scaling().summary, Contrast().summary])
    let copy = try JSONDecoder().decode(ShiftConfiguration.self, from: JSONEncoder().encode(shift))
    #expect(copy.shift.summary == shift.shift.summary)
  }
}
