internal import Foundation

/// One image of gray values in double precision, row by row, with black as 0 and white as 1.
struct GrayImage: Equatable {
  /// What lies beyond the edge of an image.
  enum Border {
    /// The nearest pixel.
    case nearest
    /// Black.
    case zero
    /// The image mirrored at its edge, which repeats the last pixel.
    case reflected
    /// The image mirrored at its last pixel.
    case mirrored

    /// The place within `0..<count` that stands for `index`; nil where it is black.
    func place(_ index: Int, _ count: Int) -> Int? {
      if index >= 0 && index < count { return index }
      switch self {
      case .nearest: return min(max(index, 0), count - 1)
      case .zero: return nil
      case .reflected:
        let period = 2 * count, folded = ((index % period) + period) % period
        return min(folded, period - 1 - folded)
      case .mirrored:
        guard count > 1 else { return 0 }
        let period = 2 * (count - 1), folded = ((index % period) + period) % period
        return min(folded, period - folded)
      }
    }
  }

  /// The width that lengths are given for.
  static let referenceWidth = 28

  let height: Int
  let width: Int
  var pixels: [Double]

  /// A black image.
  init(height: Int, width: Int) {
    self.height = height
    self.width = width
    pixels = Array(repeating: 0, count: height * width)
  }

  /// The length of what is one pixel in an image of the reference width.
  var unit: Double { Double(width) / Double(Self.referenceWidth) }

  subscript(row: Int, column: Int) -> Double {
    get { pixels[row * width + column] }
    set { pixels[row * width + column] = newValue }
  }

  func map(_ body: (Double) -> Double) -> GrayImage {
    var result = self
    for i in result.pixels.indices { result.pixels[i] = body(result.pixels[i]) }
    return result
  }

  /// Interpolated between four pixels; black outside.
  func sample(row: Double, column: Double) -> Double {
    // Places that are no numbers fail the comparison too.
    guard row > -1, row < Double(height), column > -1, column < Double(width) else { return 0 }
    let top = Int(row.rounded(.down)), left = Int(column.rounded(.down))
    let down = row - Double(top), right = column - Double(left)
    func pixel(_ row: Int, _ column: Int) -> Double {
      row >= 0 && row < height && column >= 0 && column < width ? pixels[row * width + column] : 0
    }
    return (1 - down) * ((1 - right) * pixel(top, left) + right * pixel(top, left + 1))
      + down * ((1 - right) * pixel(top + 1, left) + right * pixel(top + 1, left + 1))
  }

  /// Each pixel taken from the place that `source` gives for its own.
  func warped(_ source: (_ row: Double, _ column: Double) -> (row: Double, column: Double)) -> GrayImage {
    var result = self
    for row in 0..<height {
      for column in 0..<width {
        let place = source(Double(row), Double(column))
        result[row, column] = sample(row: place.row, column: place.column)
      }
    }
    return result
  }

  /// The average of pixels with the weights of a normal distribution, cut at `reach` deviations.
  func blurred(sigma: Double, border: Border = .nearest, reach: Double = 4) -> GrayImage {
    let radius = Int(reach * sigma + 0.5)
    guard radius > 0 else { return self }
    let weights = (-radius...radius).map { exp(-0.5 * Double($0 * $0) / (sigma * sigma)) }
    let sum = weights.reduce(0, +), kernel = weights.map { $0 / sum }
    return correlated(kernel, alongRows: true, border).correlated(kernel, alongRows: false, border)
  }

  /// Sums of neighbors along one axis with the weights of a kernel, its middle at the pixel itself.
  func correlated(_ kernel: [Double], alongRows: Bool, _ border: Border) -> GrayImage {
    let count = alongRows ? width : height, radius = kernel.count / 2
    let places = (0..<count + 2 * radius).map { border.place($0 - radius, count) }
    var result = GrayImage(height: height, width: width)
    for row in 0..<height {
      for column in 0..<width {
        var sum = 0.0
        let middle = alongRows ? column : row
        for k in kernel.indices {
          guard let place = places[middle + k] else { continue }
          sum += kernel[k] * (alongRows ? self[row, place] : self[place, column])
        }
        result[row, column] = sum
      }
    }
    return result
  }

  /// The image in another size, each pixel the mean of those whose centers lie in its block.
  func resized(height newHeight: Int, width newWidth: Int) -> GrayImage {
    guard newHeight != height || newWidth != width else { return self }
    let rows = Self.blocks(height, newHeight), columns = Self.blocks(width, newWidth)
    var result = GrayImage(height: newHeight, width: newWidth)
    for row in 0..<newHeight {
      for column in 0..<newWidth {
        var sum = 0.0
        for r in rows[row] { for c in columns[column] { sum += self[r, c] } }
        result[row, column] = sum / Double(rows[row].count * columns[column].count)
      }
    }
    return result
  }

  /// For each of `count` new pixels those of the `old` ones that make it up, at least one.
  private static func blocks(_ old: Int, _ count: Int) -> [Range<Int>] {
    let size = Double(old) / Double(count)
    return (0..<count).map { place in
      let center = (Double(place) + 0.5) * size, half = max(size, 1) / 2
      let first = min(max(Int((center - half + 0.5).rounded(.down)), 0), old - 1)
      return first..<max(first + 1, min(Int((center + half + 0.5).rounded(.down)), old))
    }
  }
}
