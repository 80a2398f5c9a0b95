internal import AttuneCore

/// How drops are thrown on an image.
struct Spatter {
  /// Mean and deviation of the noise that becomes drops.
  let mean: Double
  let deviation: Double
  /// How it is smoothed.
  let blur: Double
  /// Above which smoothed noise is a drop.
  let threshold: Double
  /// How the drops' edges are smoothed.
  let softening: Double
}

extension GrayImage {
  /// A black image of the reference width in the proportions of this one, to draw what is laid over it.
  var canvas: GrayImage {
    let rows = Double(Self.referenceWidth * height) / Double(width)
    return GrayImage(height: max(1, Int(rows.rounded())), width: Self.referenceWidth)
  }

  /// `(x + a · cloud) · m / (m + a)`, where m is the brightest pixel.
  func inFog(amplitude: Double, decay: Double, using generator: inout Philox) -> GrayImage {
    let cloud = canvas.cloud(decay: decay, using: &generator).resized(height: height, width: width)
    let brightest = pixels.max() ?? 0
    var result = self
    for i in pixels.indices {
      result.pixels[i] = (pixels[i] + amplitude * cloud.pixels[i]) * brightest / (brightest + amplitude)
    }
    return result
  }

  /// Dark gray drops.
  func spattered(_ spatter: Spatter, using generator: inout Philox) -> GrayImage {
    let liquid = canvas.map { _ in spatter.mean + spatter.deviation * generator.nextNormal() }
      .blurred(sigma: spatter.blur)
    let drops = liquid.map { $0 > spatter.threshold ? 1 : 0 }.blurred(sigma: spatter.softening).map {
      $0 < 0.8 ? 0 : $0
    }
    .resized(height: height, width: width)
    var result = self
    for i in pixels.indices {
      result.pixels[i] = pixels[i] * (1 - drops.pixels[i]) + drops.pixels[i] * 63 / 255
    }
    return result
  }

  /// The upper left part of a fractal of 256 × 256 points in `0...1` that repeats in both directions, made of ever finer
  /// squares and diamonds.
  ///
  /// Each middle is the mean of four points plus a number uniform in `−w²...w²`; w starts at 100 and is divided by
  /// `decay` from one size to the next.
  private func cloud(decay: Double, using generator: inout Philox) -> GrayImage {
    let size = 256, mask = size - 1
    var map = [Double](repeating: 0, count: size * size), step = size, wobble = 100.0
    map.withUnsafeMutableBufferPointer { map in
      func at(_ row: Int, _ column: Int) -> Double { map[row & mask * size + column & mask] }
      func set(_ row: Int, _ column: Int, _ sum: Double) {
        map[row * size + column] = sum / 4 + wobble * wobble * (2 * generator.nextUniformDouble() - 1)
      }
      while step >= 2 {
        let half = step / 2
        for r in stride(from: 0, to: size, by: step) {
          for c in stride(from: 0, to: size, by: step) {
            set(r + half, c + half, at(r, c) + at(r, c + step) + at(r + step, c) + at(r + step, c + step))
          }
        }
        for r in stride(from: 0, to: size, by: step) {
          for c in stride(from: 0, to: size, by: step) {
            let (corner, center) = (at(r, c), at(r + half, c + half))
            set(r, c + half, corner + at(r, c + step) + at(r - half, c + half) + center)
            set(r + half, c, corner + at(r + step, c) + at(r + half, c - half) + center)
          }
        }
        (step, wobble) = (half, wobble / decay)
      }
    }
    let low = map.min() ?? 0, span = (map.max() ?? 1) - low
    var result = self
    for row in 0..<height {
      for column in 0..<width { result[row, column] = (map[row & mask * size + column & mask] - low) / span }
    }
    return result
  }
}
