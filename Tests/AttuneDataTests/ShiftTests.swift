import AttuneCore
import Foundation
import Testing

@testable import AttuneData

@Suite struct ShiftTests {
  private func apply(
    _ shift: some Shift, _ features: Matrix, _ context: ShiftContext = ShiftContext(), seed: UInt64 = 1
  ) throws -> Matrix {
    var generator = Philox(seed: seed)
    return try shift.apply(to: features, in: context, using: &generator)
  }

  private func expectClose(_ found: Matrix, _ expected: [[Float]]) {
    let expected = Matrix(expected)
    #expect(found.shape == expected.shape)
    // A few roundings of 2⁻²⁴ on values up to 10.
    #expect(zip(found.elements, expected.elements).allSatisfy { abs($0 - $1) < 1e-5 }, "\(found)")
  }

  @Test func `contrast moves each row toward its own mean`() throws {
    let x = Matrix([[0, 2, 4], [10, 10, 10]])
    expectClose(try apply(Contrast(factor: 0.5), x), [[1, 2, 3], [10, 10, 10]])
    expectClose(try apply(Contrast(factor: 2), x, ShiftContext(range: 0...5)), [[0, 2, 5], [5, 5, 5]])
    #expect(try apply(Contrast(factor: 1), x) == x)
  }

  @Test func `brightness adds and clips`() throws {
    #expect(try apply(Brightness(amount: 3), Matrix([[0, 14]])) == Matrix([[3, 17]]))
    #expect(try apply(Brightness(amount: 3), Matrix([[0, 14]]), ShiftContext(range: 0...16)) == Matrix([[3, 16]]))
    #expect(try apply(Brightness(amount: -3), Matrix([[0, 14]]), ShiftContext(range: 0...16)) == Matrix([[0, 11]]))
  }

  @Test func `scaling multiplies and clips`() throws {
    #expect(try apply(Scaling(gain: 1.5), Matrix([[2, -4]])) == Matrix([[3, -6]]))
    #expect(try apply(Scaling(gain: 1.5), Matrix([[2, -4]]), ShiftContext(range: -5...2.5)) == Matrix([[2.5, -5]]))
  }

  @Test func `offset adds one amount to all features or one to each, raw or in deviations`() throws {
    let x = Matrix([[1, 2], [3, 4]])
    #expect(try apply(SensorOffset(amounts: [0.5]), x) == Matrix([[1.5, 2.5], [3.5, 4.5]]))
    #expect(try apply(SensorOffset(amounts: [1, -1]), x) == Matrix([[2, 1], [4, 3]]))
    let context = ShiftContext(featureScale: Matrix([[2, 10]]))
    #expect(try apply(SensorOffset(amounts: [0.5], unit: .deviations), x, context) == Matrix([[2, 7], [4, 9]]))
  }

  @Test func `a quarter turn is counter-clockwise and exact`() throws {
    let context = ShiftContext(image: ImageShape(height: 3, width: 3))
    let x = Matrix([[1, 2, 3, 4, 5, 6, 7, 8, 9]])
    expectClose(try apply(Rotation(degrees: 90), x, context), [[3, 6, 9, 2, 5, 8, 1, 4, 7]])
    expectClose(try apply(Rotation(degrees: -90), x, context), [[7, 4, 1, 8, 5, 2, 9, 6, 3]])
    expectClose(try apply(Rotation(degrees: 180), x, context), [[9, 8, 7, 6, 5, 4, 3, 2, 1]])
    #expect(try apply(Rotation(degrees: 0), x, context) == x)
  }

  @Test func `a turn by 45 degrees mixes four neighbors`() throws {
    // One lit pixel, the middle of the right edge: offset (0 down, 1 right). The pixel at (−1, 1) takes its value from
    // row sin 45 − cos 45 = 0, column cos 45 + sin 45 = √2 right: share 2 − √2 of column 1, the rest outside.
    // The pixel at (0, 1) takes from (√½, √½): weight (1 − √½) · √½ of column 1, row 0, and (−1, 0) from (−√½, √½).
    let context = ShiftContext(image: ImageShape(height: 3, width: 3))
    let root = Float(0.5).squareRoot()
    let side = (1 - root) * root
    expectClose(
      try apply(Rotation(degrees: 45), Matrix([[0, 0, 0, 0, 0, 1, 0, 0, 0]]), context),
      [[0, side, 2 - 2 * root, 0, 0, side, 0, 0, 0]])
  }

  @Test func `images that are not square turn about their center with zeros outside`() throws {
    let context = ShiftContext(image: ImageShape(height: 1, width: 3))
    expectClose(try apply(Rotation(degrees: 90), Matrix([[1, 2, 3]]), context), [[0, 2, 0]])
    expectClose(
      try apply(Rotation(degrees: 180), Matrix([[1, 2, 3], [4, 5, 6]]), context), [[3, 2, 1], [6, 5, 4]])
  }

  @Test func `translation moves right and down and fills with zeros`() throws {
    let context = ShiftContext(image: ImageShape(height: 2, width: 3))
    let x = Matrix([[1, 2, 3, 4, 5, 6]])
    #expect(try apply(Translation(dx: 1, dy: 0), x, context) == Matrix([[0, 1, 2, 0, 4, 5]]))
    #expect(try apply(Translation(dx: -1, dy: 1), x, context) == Matrix([[0, 0, 0, 2, 3, 0]]))
    #expect(try apply(Translation(dx: .max, dy: .min), x, context) == Matrix(rows: 1, columns: 6))
    #expect(try apply(Translation(dx: 0, dy: 0), x, context) == x)
  }

  @Test func `gaussian noise has mean 0 and the deviation asked for, in its unit`() throws {
    let x = Matrix(rows: 20_000, columns: 2, repeating: 5)
    let context = ShiftContext(featureScale: Matrix([[1, 10]]))
    let noisy = try apply(GaussianNoise(standardDeviation: 0.5, unit: .deviations), x, context)
    let moments = noisy.columnMoments
    for (column, deviation) in [(0, 0.5), (1, 5)] as [(Int, Float)] {
      // Four deviations of the estimates: sd / √n and sd / √(2n).
      #expect(abs(moments.mean[0, column] - 5) < 4 * deviation / 141)
      #expect(abs(moments.variance[0, column].squareRoot() - deviation) < 4 * deviation / 200)
    }
    let clipped = try apply(GaussianNoise(standardDeviation: 9), x, ShiftContext(range: 0...16))
    #expect(clipped.elements.allSatisfy { (0...16).contains($0) })
  }

  @Test(arguments: BrokenFeatures.Value.allCases)
  func `the same features are stuck for the whole stream`(value: BrokenFeatures.Value) throws {
    var generator = Philox(seed: 9)
    let x = generator.uniform(rows: 50, columns: 20)
    let broken = try apply(BrokenFeatures(fraction: 0.25, stuckAt: value), x, ShiftContext(range: 0...1))
    let changed = (0..<20).filter { broken.columns(at: [$0]) != x.columns(at: [$0]) }
    #expect(changed.count == 5)
    let values = changed.map { broken[0, $0] }
    for (column, value) in zip(changed, values) {
      #expect(broken.columns(at: [column]).elements.allSatisfy { $0 == value })
    }
    switch value {
    case .low: #expect(values.allSatisfy { $0 == 0 })
    case .high: #expect(values.allSatisfy { $0 == 1 })
    case .random: #expect(Set(values).count == 5 && values.allSatisfy { (0...1).contains($0) })
    }
  }

  @Test func `named columns break, and one that is not there is an error`() throws {
    var generator = Philox(seed: 9)
    let x = generator.uniform(rows: 50, columns: 20)
    let broken = try apply(BrokenFeatures(columns: [3, 17], stuckAt: .high), x, ShiftContext(range: 0...1))
    #expect((0..<20).filter { broken.columns(at: [$0]) != x.columns(at: [$0]) } == [3, 17])
    #expect(throws: ShiftError.self) { try apply(BrokenFeatures(columns: [20]), x, ShiftContext()) }
    #expect(throws: ParameterError.self) { try apply(BrokenFeatures(columns: [-1]), x, ShiftContext()) }
  }

  @Test func `without a range features stick within their own values, and a count overrides the share`() throws {
    let x = Matrix([[1, 10], [2, 30], [3, 20]])
    #expect(try apply(BrokenFeatures(count: 2, stuckAt: .low), x) == Matrix([[1, 10], [1, 10], [1, 10]]))
    #expect(try apply(BrokenFeatures(count: 2, stuckAt: .high), x) == Matrix([[3, 30], [3, 30], [3, 30]]))
    #expect(try apply(BrokenFeatures(fraction: 1, count: 0), x) == x)
    #expect(try apply(BrokenFeatures(fraction: 0.01), x) != x)
    #expect(try apply(BrokenFeatures(fraction: 0), x) == x)
  }

  @Test func `every built-in shift keeps the shape, follows the seed, has a summary, and survives encoding`() throws {
    var generator = Philox(seed: 2)
    let x = generator.uniform(rows: 6, columns: 12)
    let context = ShiftContext(
      image: ImageShape(height: 3, width: 4), range: 0...1, featureScale: x.columnMoments.variance,
      featureMean: x.columnMoments.mean, levelCounts: (0..<12).map { $0 == 11 ? 2 : 0 })
    #expect(
      BuiltInShifts.all.map { $0.name } == [
        "brightness", "broken-features", "category-drift", "column-swaps", "contrast", "corruption", "feature-dropout",
        "gaussian-noise", "jitter", "missing-sensors", "missingness", "offset", "offset-drift", "one-of", "outliers",
        "quantization", "rotation", "scaling", "scaling-drift", "sensor-noise", "stuck-sensors", "translation",
      ])
    for type in BuiltInShifts.all {
      // No settings at all: the defaults. Two have required ones.
      let required = [
        OneOf.name: #"{"shifts": [{"kind": "scaling"}]}"#, Corruption.name: #"{"name": "gaussian-noise"}"#,
      ]
      let shift = try JSONDecoder().decode(type, from: Data((required[type.name] ?? "{}").utf8))
      let shifted = try apply(shift, x, context, seed: 3)
      let isWhole = type.name == Missingness.name || shifted.isFinite
      #expect(shifted.shape == x.shape && shifted != x && isWhole, "\(type)")
      let again = try apply(shift, x, context, seed: 3)
      #expect(zip(again.elements, shifted.elements).allSatisfy { $0.bitPattern == $1.bitPattern }, "\(type)")
      #expect(shifted.elements.allSatisfy { (0...1).contains($0) || $0.isNaN }, "\(type)")
      #expect(try apply(shift, Matrix(rows: 0, columns: 12), context).rows == 0, "\(type)")
      let copy = try JSONDecoder().decode(type, from: JSONEncoder().encode(shift))
      #expect(copy.summary == shift.summary && !shift.summary.isEmpty, "\(type)")
    }
  }

  @Test func `summaries name the settings`() {
    #expect(
      GaussianNoise(standardDeviation: 2, unit: .deviations).summary == "gaussian noise, sd 2.0 source deviations")
    #expect(Rotation(degrees: 30).summary == "rotation by 30.0°")
    #expect(BrokenFeatures(count: 3, stuckAt: .random).summary == "3 of the features stuck at random values")
    #expect(SensorOffset(amounts: [1, 2, 3, 4]).summary == "offset by 1.0, 2.0, 3.0, …")
    #expect(Brightness(amount: -1).summary == "brightness − 1.0")
  }
}

@Suite struct ShiftErrorTests {
  private func text(_ shift: some Shift, columns: Int, _ context: ShiftContext = ShiftContext()) -> String {
    var generator = Philox(seed: 1)
    return message { try shift.apply(to: Matrix(rows: 2, columns: columns), in: context, using: &generator) }
  }

  @Test func `a shift of images says that it needs their shape`() {
    let advice =
      "it needs the images' height and width, and the data has none; "
      + "give the data set's image shape, or use another shift"
    #expect(text(Rotation(), columns: 4) == "rotation: " + advice)
    #expect(text(Translation(), columns: 4) == "translation: " + advice)
    for image in [
      ImageShape(height: 3, width: 2), ImageShape(height: -2, width: -2), ImageShape(height: .max, width: 3),
    ] {
      #expect(
        text(Rotation(), columns: 4, ShiftContext(image: image))
          == "rotation: images of \(image.height)×\(image.width) do not have 4 features; "
          + "correct the data set's image shape")
    }
  }

  @Test func `deviations that are not known are asked for`() {
    let noise = GaussianNoise(unit: .deviations)
    #expect(
      text(noise, columns: 4)
        == "gaussian-noise: it needs the source's deviation of each feature, and none are known; "
        + "fit them on the source data, or give the setting in raw units")
    #expect(
      text(noise, columns: 4, ShiftContext(featureScale: Matrix([[1, 2]])))
        .contains("deviation of each feature, and there are 2 for 4 features"))
  }

  @Test func `settings out of range are refused by name`() {
    #expect(
      text(GaussianNoise(standardDeviation: -1), columns: 2)
        == "gaussian-noise: standardDeviation is -1.0; give a finite number of 0 or more")
    #expect(text(Rotation(degrees: .nan), columns: 2) == "rotation: degrees is nan; give a finite number")
    #expect(text(Contrast(factor: -1), columns: 2) == "contrast: factor is -1.0; give a finite number of 0 or more")
    #expect(text(Scaling(gain: .infinity), columns: 2) == "scaling: gain is inf; give a finite number")
    #expect(text(Brightness(amount: .nan), columns: 2) == "brightness: amount is nan; give a finite number")
    #expect(text(SensorOffset(amounts: []), columns: 2) == "offset: amounts is []; give finite numbers")
    #expect(
      text(SensorOffset(amounts: [1, 2, 3]), columns: 2)
        == "offset: 3 amounts do not fit 2 features; give one amount for all features, or one for each")
    #expect(
      text(BrokenFeatures(fraction: 1.5), columns: 2)
        == "broken-features: fraction is 1.5; give a fraction in 0...1")
    #expect(text(BrokenFeatures(count: -1), columns: 2) == "broken-features: count is -1; give 0 or more")
    #expect(
      text(BrokenFeatures(count: 3), columns: 2)
        == "broken-features: 3 of 2 features cannot break; give a count of at most 2")
  }

  @Test func `decoding refuses settings out of range, and an offset may be one number`() throws {
    #expect(
      message { try JSONDecoder().decode(Contrast.self, from: Data(#"{"factor": -2}"#.utf8)) }
        == "contrast: factor is -2.0; give a finite number of 0 or more")
    let offset = try JSONDecoder().decode(SensorOffset.self, from: Data(#"{"amounts": 2, "unit": "deviations"}"#.utf8))
    #expect(offset == SensorOffset(amounts: [2], unit: .deviations))
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(SensorOffset.self, from: Data(#"{"amounts": "two"}"#.utf8))
    }
  }
}
