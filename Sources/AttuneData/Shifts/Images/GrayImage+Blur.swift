internal import AttuneCore
internal import Foundation

extension GrayImage {
  /// Blurred, each pixel swapped with a near one with probability 1/2, from the lower right to the upper left, and
  /// blurred again.
  func behindGlass(
    sigma: Double, maximumShift shift: Int, iterations: Int, using generator: inout Philox
  ) -> GrayImage {
    var image = blurred(sigma: sigma)
    for _ in 0..<iterations {
      for row in stride(from: height - shift, to: shift, by: -1) {
        for column in stride(from: width - shift, to: shift, by: -1) where generator.next() & 1 == 1 {
          let right = generator.nextIndex(below: 2 * shift) - shift,
            down = generator.nextIndex(below: 2 * shift) - shift
          image.pixels.swapAt(row * width + column, (row + down) * width + column + right)
        }
      }
    }
    return image.blurred(sigma: sigma)
  }

  /// The average over a disk whose edge is softened by a Gaussian that reaches over a number of pixels.
  func outOfFocus(radius: Double, softening: Double, softeningReach: Int) -> GrayImage {
    let half = Int(radius.rounded(.up)) + softeningReach
    var disk = GrayImage(height: 2 * half + 1, width: 2 * half + 1)
    for row in -half...half {
      for column in -half...half where Double(row * row + column * column) <= radius * radius {
        disk[row + half, column + half] = 1
      }
    }
    let weights = (-softeningReach...softeningReach).map { exp(-0.5 * Double($0 * $0) / (softening * softening)) }
    let kernel = weights.map { $0 / weights.reduce(0, +) }
    disk = disk.correlated(kernel, alongRows: true, .zero).correlated(kernel, alongRows: false, .zero)
    let sum = disk.pixels.reduce(0, +)
    var result = GrayImage(height: height, width: width)
    let taps = disk.pixels.indices.filter { disk.pixels[$0] > 0 }.map {
      (down: $0 / disk.width - half, right: $0 % disk.width - half, weight: disk.pixels[$0] / sum)
    }
    for row in 0..<height {
      for column in 0..<width {
        var value = 0.0
        for tap in taps {
          guard let r = Border.mirrored.place(row + tap.down, height),
            let c = Border.mirrored.place(column + tap.right, width)
          else { continue }
          value += tap.weight * self[r, c]
        }
        result[row, column] = value
      }
    }
    return result
  }

  /// The average along a line that starts at each pixel, with the weights of one half of a normal distribution.
  ///
  /// - Source: ImageMagick's motion blur, which has kernels of `2 · ⌈radius⌉ + 1` pixels.
  func moved(radius: Double, sigma: Double, angle: Double) -> GrayImage {
    let count = 2 * Int(radius.rounded(.up)) + 1
    let weights = (0..<count).map { exp(-0.5 * Double($0 * $0) / (sigma * sigma)) }, sum = weights.reduce(0, +)
    let offsets = (0..<count).map { step in
      (
        right: Int((Double(step) * cos(angle) - 0.5).rounded(.up)),
        down: Int((Double(step) * sin(angle) - 0.5).rounded(.up))
      )
    }
    var result = GrayImage(height: height, width: width)
    for row in 0..<height {
      for column in 0..<width {
        var value = 0.0
        for (weight, offset) in zip(weights, offsets) {
          value +=
            weight * self[min(max(row + offset.down, 0), height - 1), min(max(column + offset.right, 0), width - 1)]
        }
        result[row, column] = value / sum
      }
    }
    return result
  }

  /// The mean of the image and of magnifications of its middle by 1, `1 + step`, ….
  func approached(step: Double, count: Int) -> GrayImage {
    var sum = self
    for number in 0..<count {
      let zoom = 1 + Double(number) * step
      let rows = Self.magnified(height, zoom), columns = Self.magnified(width, zoom)
      for row in 0..<height {
        for column in 0..<width { sum[row, column] += sample(row: rows[row], column: columns[column]) }
      }
    }
    return sum.map { $0 / Double(count + 1) }
  }

  /// Where in a line of pixels those of its magnified middle come from.
  ///
  /// A whole number of pixels in the middle becomes a whole number of pixels, the ends on each other; what is then more
  /// than the line has is cut off on both sides.
  private static func magnified(_ count: Int, _ zoom: Double) -> [Double] {
    let kept = Int((Double(count) / zoom).rounded(.up)), first = (count - kept) / 2
    let grown = Int((Double(kept) * zoom).rounded(.toNearestOrEven)), cut = (grown - count) / 2
    let ratio = grown > 1 ? Double(kept - 1) / Double(grown - 1) : 0
    return (0..<count).map { Double(first) + Double($0 + cut) * ratio }
  }
}
