public import AttuneCore

extension Table {
  /// Images of another size and scale, as rows like those of a training part.
  ///
  /// Values go from one range to the other by a straight line. Sizes are changed bilinearly: the value at the center of a
  /// new pixel, with what lies beyond the centers of the border taken from there (PyTorch's `interpolate` with
  /// `align_corners=False`); nothing is smoothed before an image becomes smaller.
  ///
  /// ## Shapes
  /// - the table: `[n, from.height · from.width]`, returns `[n, training image's height · width]`
  ///
  /// - Parameters:
  ///   - shape: the images' size.
  ///   - range: what the lowest and the highest value are now.
  ///   - image: the size of the training part's images.
  ///   - trainingRange: what the lowest and the highest value shall be.
  ///   - training: the training part, whose columns the rows get.
  /// - Throws: `ShapeError` where the rows are no images of that size.
  public func resized(
    from shape: ImageShape, _ range: ClosedRange<Float>, to image: ImageShape, _ trainingRange: ClosedRange<Float>,
    like training: Table
  ) throws(ShapeError) -> Table {
    guard features.columns == shape.height * shape.width else {
      throw ShapeError(
        operation: "pixels", expected: "\(shape.height)×\(shape.width) features a row", found: "\(features.columns)")
    }
    guard training.features.columns == image.height * image.width else {
      throw ShapeError(
        operation: "pixels", expected: "training images of \(image.height)×\(image.width)",
        found: "\(training.features.columns) features")
    }
    let scale = (trainingRange.upperBound - trainingRange.lowerBound) / (range.upperBound - range.lowerBound)
    let rows = Self.taps(shape.height, image.height), columns = Self.taps(shape.width, image.width)
    let old = shape.height * shape.width, count = self.count
    let resized = Matrix(rows: count, columns: image.height * image.width) { out in
      features.withElements { x in
        var place = 0
        for row in 0..<count {
          for y in rows {
            for z in columns {
              func at(_ line: Int, _ column: Int) -> Float { x[row * old + line * shape.width + column] }
              let upper = at(y.low, z.low) + z.weight * (at(y.low, z.high) - at(y.low, z.low))
              let lower = at(y.high, z.low) + z.weight * (at(y.high, z.high) - at(y.high, z.low))
              let value = upper + y.weight * (lower - upper)
              out[place] = trainingRange.lowerBound + scale * (value - range.lowerBound)
              place += 1
            }
          }
        }
      }
    }
    return Table(features: resized, targets: targets, columns: training.columns, image: image)
  }

  /// Between which two pixels the center of each new pixel lies, and how near to the second.
  private static func taps(_ old: Int, _ new: Int) -> [(low: Int, high: Int, weight: Float)] {
    (0..<new).map { pixel in
      let center = (Float(pixel) + 0.5) * Float(old) / Float(new) - 0.5
      let inside = min(max(center, 0), Float(old - 1)), low = Int(inside)
      return (low, min(low + 1, old - 1), inside - Float(low))
    }
  }

  /// The table with its values as numbers of classes.
  ///
  /// - Parameters:
  ///   - classes: the classes of a training part, whose names are numbers.
  ///   - path: the file that the values come from, for errors.
  /// - Throws: `DataError` for a value that is not whole or none of the classes.
  public func withClasses(_ classes: [String], path: String) throws -> Table {
    guard case .values(let values) = targets else { return self }
    var result = self
    result.targets = try ClassNumbers(path: path, names: nil).targets(values.elements, known: classes)
    return result
  }
}
