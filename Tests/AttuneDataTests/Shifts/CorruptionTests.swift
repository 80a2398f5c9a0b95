import AttuneCore
import Foundation
import Testing

@testable import AttuneData

@Suite struct CorruptionTests {
  /// Digits of 8 × 8 pixels with values of 0 to 16.
  private static func digits(_ count: Int) throws -> Matrix {
    let table = try CSVTableLoader.load(
      path: Repository.path("datasets/digits.csv"), target: "target", task: .classification)
    return table.features.rows(0..<count)
  }

  /// The same in 28 × 28 pixels, interpolated.
  private static func large(_ digits: Matrix) -> Matrix {
    Matrix(rows: digits.rows, columns: 784) { out in
      for row in 0..<digits.rows {
        var image = GrayImage(height: 8, width: 8)
        image.pixels = digits.row(row).map(Double.init)
        for pixel in 0..<784 {
          let place = (row: Double(pixel / 28) * 7 / 27, column: Double(pixel % 28) * 7 / 27)
          out[row * 784 + pixel] = Float(image.sample(row: place.row, column: place.column))
        }
      }
    }
  }

  private static let small = ShiftContext(image: ImageShape(height: 8, width: 8), range: 0...16)
  private static let usual = ShiftContext(image: ImageShape(height: 28, width: 28), range: 0...16)

  private func apply(
    _ shift: Corruption, _ features: Matrix, _ context: ShiftContext, seed: UInt64 = 1
  ) throws -> Matrix {
    var generator = Philox(seed: seed)
    return try shift.apply(to: features, in: context, using: &generator)
  }

  private func change(_ x: Matrix, _ y: Matrix) -> Double {
    zip(x.elements, y.elements).reduce(0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) } / Double(x.count)
  }

  @Test(arguments: ImageCorruption.allCases)
  func `a corruption changes images of any size, keeps the range, and follows the seed`(
    corruption: ImageCorruption
  ) throws {
    let digits = try Self.digits(3)
    for (x, context) in [(digits, Self.small), (Self.large(digits), Self.usual)] {
      for severity in corruption.hasSeverities ? [1, 5] : [5] {
        let shift = Corruption(corruption, severity: severity)
        let shifted = try apply(shift, x, context)
        #expect(shifted.shape == x.shape && shifted != x, "\(shift.summary)")
        #expect(shifted.elements.allSatisfy { (0...16).contains($0) }, "\(shift.summary)")
        #expect(try apply(shift, x, context) == shifted, "\(shift.summary)")
      }
    }
    // Wide and tall images, and the least one.
    for (height, width) in [(5, 9), (30, 6), (1, 1), (1, 40)] {
      var generator = Philox(seed: 5)
      let x = generator.uniform(rows: 1, columns: height * width)
      let context = ShiftContext(image: ImageShape(height: height, width: width), range: 0...1)
      let shifted = try apply(Corruption(corruption), x, context)
      #expect(shifted.isFinite && shifted.columns == height * width, "\(height)×\(width)")
    }
  }

  @Test(arguments: ImageCorruption.allCases)
  func `the noise of a row does not depend on the rows behind it, and differs from that of other rows`(
    corruption: ImageCorruption
  ) throws {
    let digits = try Self.digits(1), x = digits.rows(at: [0, 0, 0])
    let all = try apply(Corruption(corruption), x, Self.small)
    #expect(try apply(Corruption(corruption), x.rows(0..<1), Self.small) == all.rows(0..<1))
    let isRandom: Set<ImageCorruption> = [
      .gaussianNoise, .shotNoise, .impulseNoise, .speckleNoise, .motionBlur, .elastic, .fog, .spatter, .line,
      .dottedLine, .zigzag,
    ]
    if isRandom.contains(corruption) { #expect(all.row(0) != all.row(1)) }
    // Another batch has other noise.
    var generator = Philox(seed: 1)
    let shift = Corruption(.gaussianNoise)
    let first = try shift.apply(to: x, in: Self.small, using: &generator)
    #expect(try shift.apply(to: x, in: Self.small, using: &generator) != first)
  }

  @Test(arguments: ImageCorruption.allCases.filter { $0.hasSeverities && $0 != .elastic && $0 != .glassBlur })
  func `a higher severity changes more`(corruption: ImageCorruption) throws {
    // The published parameters of elastic and glass blur do not grow in order.
    let x = Self.large(try Self.digits(corruption == .fog ? 2 : 8))
    let changes = try (1...5).map { severity in
      change(x, try apply(Corruption(corruption, severity: severity), x, Self.usual))
    }
    switch corruption {
    case .spatter, .fog, .pixelate:
      // Drops of severity 5 are fewer than those of 4, two fogs differ by chance as well, and halves are even blocks.
      #expect(changes[0] < changes[3] && changes[0] < changes[4], "\(changes)")
    default: #expect(zip(changes, changes.dropFirst()).allSatisfy(<), "\(changes)")
    }
  }

  @Test func `pixels are stretched from the range of the data`() throws {
    let x = Self.large(try Self.digits(2))
    let unit = ShiftContext(image: ImageShape(height: 28, width: 28), range: 0...1)
    let bytes = ShiftContext(image: ImageShape(height: 28, width: 28), range: 0...255)
    for corruption in ImageCorruption.allCases {
      let inUnits = try apply(Corruption(corruption), x.map { $0 / 16 }, unit)
      let inBytes = try apply(Corruption(corruption), x.map { $0 / 16 * 255 }, bytes)
      let largest = zip(inUnits.elements, inBytes.elements).map { abs($0 * 255 - $1) }.max() ?? 1
      // One of 255 gray values is where roundings of an input fall to different sides.
      #expect(largest < (corruption == .jpeg ? 40 : 0.01), "\(corruption) \(largest)")
    }
  }

  @Test func `noises have the moments of their distributions`() throws {
    let gray = Matrix(rows: 30, columns: 784, repeating: 0.5)
    let context = ShiftContext(image: ImageShape(height: 28, width: 28), range: 0...1)
    func moments(_ corruption: ImageCorruption, _ severity: Int) throws -> (mean: Double, deviation: Double) {
      let x = try apply(Corruption(corruption, severity: severity), gray, context).elements.map(Double.init)
      let mean = x.reduce(0, +) / Double(x.count)
      return (mean, (x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(x.count)).squareRoot())
    }
    // 23,520 values: four deviations of the estimated mean, and 2 % of the deviation.
    for (corruption, deviation) in [
      (ImageCorruption.gaussianNoise, 0.08), (.speckleNoise, 0.075), (.shotNoise, (0.5 / 60).squareRoot()),
    ] {
      let found = try moments(corruption, 1)
      #expect(abs(found.mean - 0.5) < 4 * deviation / 153 && abs(found.deviation / deviation - 1) < 0.02)
    }
    let salted = try apply(Corruption(.impulseNoise, severity: 5), gray, context).elements
    let (black, white) = (salted.count { $0 == 0 }, salted.count { $0 == 1 })
    #expect(abs(Double(black) - 0.135 * 23_520) < 220 && abs(Double(white) - 0.135 * 23_520) < 220)
    var generator = Philox(seed: 3)
    #expect((0..<1000).allSatisfy { _ in generator.nextPoisson(mean: 0) == 0 })
  }

  @Test func `stripes, translation, contrast and brightness by hand`() throws {
    let context = ShiftContext(image: ImageShape(height: 1, width: 28), range: 0...1)
    let ramp = Matrix(row: (0..<28).map { Float($0) / 32 })
    let striped = try apply(Corruption(.stripe), ramp, context).elements
    #expect(striped == ramp.elements.enumerated().map { (7..<21).contains($0) ? $1 : 1 - $1 })
    #expect(try apply(Corruption(.brightness), ramp, context).elements[20] == 1)
    let flat = try apply(Corruption(.contrast, severity: 5), ramp, context).elements
    #expect(abs(flat[0] - Float(13.5 / 32 * 0.95)) < 1e-6)
    // Moves by two pixels along both axes; the image has one row, so that nothing is left.
    #expect(try apply(Corruption(.translate, severity: 2), ramp, context).elements.allSatisfy { $0 == 0 })
    let x = Self.large(try Self.digits(1)).elements
    let moved = try apply(Corruption(.translate, severity: 2), Matrix(row: x), Self.usual).elements
    let possible = [-2, 2].flatMap { down in [-2, 2].map { right in (down, right) } }
    #expect(
      possible.contains { down, right in
        moved.indices.allSatisfy { pixel in
          let row = pixel / 28 + down, column = pixel % 28 + right
          let isInside = (0..<28).contains(row) && (0..<28).contains(column)
          return moved[pixel] == (isInside ? x[row * 28 + column] : 0)
        }
      })
  }

  @Test func `a missing pixel stays missing and does not spread`() throws {
    var x = Self.large(try Self.digits(1))
    let full = try apply(Corruption(.gaussianBlur), x.map { $0 }, Self.usual)
    x[0, 400] = .nan
    let shifted = try apply(Corruption(.gaussianBlur), x, Self.usual)
    #expect(shifted.elements.indices.filter { shifted.elements[$0].isNaN } == [400])
    #expect(full.isFinite)
  }
}
