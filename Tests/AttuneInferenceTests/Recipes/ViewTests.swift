import AttuneCore
import AttuneData
@testable import AttuneInference
import Foundation
import Testing

@Suite struct ViewTests {
  private func setup(_ image: ImageShape? = nil, inputs: Int = 12) throws -> RecipeSetup {
    var generator = Philox(seed: 3)
    let network = Network.linear(inputDimension: inputs, outputDimension: 2, using: &generator)
    return RecipeSetup(
      strategy: "tent", network: network, context: AdaptationContext(task: .classification, image: image))
  }

  private func rows(_ count: Int, _ columns: Int = 12) -> Matrix {
    var generator = Philox(seed: 4)
    return generator.normal(rows: count, columns: columns)
  }

  @Test func `feature dropout sets the share of the inputs to 0 that it is to`() throws {
    var generator = Philox(seed: 1), settings = FeatureDropoutView.Configuration()
    settings.probability = 0.3
    let x = rows(500), view = try FeatureDropoutView(settings, in: setup()).apply(to: x, using: &generator)
    let zeros = view.elements.filter { $0 == 0 }.count
    #expect(abs(Double(zeros) / 6000 - 0.3) < 0.03)
    #expect(zip(view.elements, x.elements).allSatisfy { $0 == 0 || $0 == $1 })
    #expect(x == rows(500))
  }

  @Test func `column resampling takes values of the same column`() throws {
    var generator = Philox(seed: 1), settings = ColumnResamplingView.Configuration()
    settings.probability = 0.5
    let x = rows(40), part = try ColumnResamplingView(settings, in: setup())
    let view = part.apply(to: x, using: &generator)
    for j in 0..<12 {
      let column = Set((0..<40).map { x[$0, j] })
      #expect((0..<40).allSatisfy { column.contains(view[$0, j]) })
    }
    let changed = zip(view.elements, x.elements).filter { $0 != $1 }.count
    #expect(abs(Double(changed) / 480 - 0.5 * 39 / 40) < 0.08)
    #expect(part.apply(to: rows(1), using: &generator) == rows(1))
    #expect(part.apply(to: rows(0), using: &generator).rows == 0)
  }

  @Test func `permutation keeps a row's values and moves at most a share of them`() throws {
    var generator = Philox(seed: 1), settings = PermutationView.Configuration()
    settings.share = 0.5
    let x = rows(60), view = try PermutationView(settings, in: setup()).apply(to: x, using: &generator)
    let moved = (0..<60).map { row in zip(view.row(row), x.row(row)).filter { $0 != $1 }.count }
    for row in 0..<60 { #expect(view.row(row).sorted() == x.row(row).sorted()) }
    #expect(moved.allSatisfy { $0 <= 6 })
    // Each of six values stays in its place with probability 1/6.
    #expect(abs(moved.reduce(0) { $0 + Double($1) } / 60 - 5) < 0.5)
    settings.share = 0
    #expect(try PermutationView(settings, in: setup()).apply(to: x, using: &generator) == x)
    #expect(try PermutationView(in: setup(inputs: 1)).apply(to: rows(3, 1), using: &generator) == rows(3, 1))
  }

  @Test func `a moved image is the image moved, with 0 from outside`() throws {
    var generator = Philox(seed: 1)
    let shape = ImageShape(height: 3, width: 4), x = rows(80)
    let view = try ImageShiftView(in: setup(shape)).apply(to: x, using: &generator)
    var moves = Set<[Int]>()
    for row in 0..<80 {
      var found: [[Int]] = []
      for dx in -2...2 {
        for dy in -2...2 {
          let moved = (0..<12).map { pixel -> Float in
            let (r, c) = (pixel / 4 - dy, pixel % 4 - dx)
            return (0..<3).contains(r) && (0..<4).contains(c) ? x[row, 4 * r + c] : 0
          }
          if moved == view.row(row) { found.append([dx, dy]) }
        }
      }
      #expect(found.count == 1)
      moves.formUnion(found)
    }
    #expect(moves.count > 15)
  }

  @Test func `a turned image is that of the shift of the same name`() throws {
    let shape = ImageShape(height: 5, width: 4), x = rows(3, 20)
    var generator = Philox(seed: 1), twin = generator, unused = generator
    let view = try ImageRotationView(in: setup(shape, inputs: 20)).apply(to: x, using: &generator)
    for row in 0..<3 {
      let angle = Float((2 * twin.nextUniformDouble() - 1) * 15)
      let turned = try Rotation(degrees: angle).apply(
        to: x.rows(row..<(row + 1)), in: ShiftContext(image: shape), using: &unused)
      #expect(zip(view.row(row), turned.elements).allSatisfy { abs($0 - $1) < 1e-5 })
    }
  }

  @Test func `a blurred image keeps what is even, and a point becomes a Gaussian`() throws {
    let shape = ImageShape(height: 15, width: 15), setup = try setup(shape, inputs: 225)
    var generator = Philox(seed: 1), twin = generator, settings = ImageBlurView.Configuration()
    settings.deviation = 2
    let part = try ImageBlurView(settings, in: setup)
    var x = Matrix(rows: 1, columns: 225)
    x[0, 112] = 1
    let view = part.apply(to: x, using: &generator), sigma = twin.nextUniformDouble() * 2
    let sum = (-20...20).reduce(0) { $0 + exp(-Double($1 * $1) / (2 * sigma * sigma)) }
    for (dx, dy) in [(0, 0), (1, 0), (0, -2), (2, 1)] {
      let expected = exp(-Double(dx * dx + dy * dy) / (2 * sigma * sigma)) / (sum * sum)
      #expect(abs(Double(view[0, 112 + 15 * dy + dx]) - expected) < 0.01 * expected + 1e-4)
    }
    let even = Matrix(rows: 2, columns: 225, repeating: 1.5)
    #expect(part.apply(to: even, using: &generator).elements.allSatisfy { abs($0 - 1.5) < 1e-5 })
  }

  @Test func `contrast changes an image's deviation and not its mean`() throws {
    let x = rows(30), part = try ImageContrastView(in: setup(ImageShape(height: 3, width: 4)))
    var generator = Philox(seed: 1), twin = generator
    let view = part.apply(to: x, using: &generator)
    for row in 0..<30 {
      let factor = 1 + 0.3 * (2 * twin.nextUniform() - 1), mean = x.row(row).reduce(0, +) / 12
      #expect(zip(view.row(row), x.row(row)).allSatisfy { abs($0 - (mean + factor * ($1 - mean))) < 1e-5 })
    }
  }

  @Test func `rows that are no images are refused, with what to do`() throws {
    let none = #expect(throws: MissingImageShape.self) { try ImageShiftView(in: setup()) }
    #expect(
      none?.description
        == "strategy 'tent': the augmentation 'image-shift' works on images, and the data has no height and width of images; "
        + "give data.image, or choose another augmentation")
    let wrong = #expect(throws: MissingImageShape.self) {
      try ImageBlurView(in: setup(ImageShape(height: 5, width: 5)))
    }
    #expect(
      wrong?.description
        == "strategy 'tent': the augmentation 'image-blur' works on images, and images of 5×5 do not have 12 inputs; correct "
        + "data.image, or choose another augmentation")
    #expect(throws: MissingImageShape.self) { try ImageRotationView(in: setup()) }
    #expect(throws: MissingImageShape.self) { try ImageContrastView(in: setup()) }
  }

  @Test func `settings out of range are refused`() throws {
    var dropout = FeatureDropoutView.Configuration(), shift = ImageShiftView.Configuration()
    (dropout.probability, shift.pixels) = (1.5, -1)
    #expect(throws: ConfigValueError("must be at least 0 and at most 1", key: "probability", given: "1.5")) {
      try FeatureDropoutView(dropout, in: setup())
    }
    #expect(throws: ConfigValueError("must be at least 0 and at most 100000", key: "pixels", given: "-1")) {
      try shift.validate()
    }
  }
}
