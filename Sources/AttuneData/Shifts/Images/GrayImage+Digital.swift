internal import Foundation

extension GrayImage {
  /// Made smaller by a factor and large again, by block averages.
  func pixelated(by factor: Double) -> GrayImage {
    resized(height: max(1, Int(Double(height) * factor)), width: max(1, Int(Double(width) * factor)))
      .resized(height: height, width: width)
  }

  /// Black and white swapped in the left and right quarter.
  var striped: GrayImage {
    let quarter = Int((Double(width) / 4).rounded())
    var result = self
    for row in 0..<height {
      for column in 0..<width where column < quarter || column >= width - quarter {
        result[row, column] = 1 - result[row, column]
      }
    }
    return result
  }

  /// What is left after baseline JPEG compression: blocks of 8 × 8 pixels, their cosine transform rounded.
  ///
  /// - Parameter quality: from 1 to 49, as libjpeg counts.
  /// - Source: ITU-T T.81 (1992), annex A.3.3 and table K.1.
  func compressed(quality: Int) -> GrayImage {
    precondition((1..<50).contains(quality), "quality \(quality) is outside of 1..<50")
    let steps = Self.luminanceSteps.map { Double(min(max(($0 * (5000 / quality) + 50) / 100, 1), 255)) }
    let cosines = Self.cosines
    var result = self
    for top in stride(from: 0, to: height, by: 8) {
      for left in stride(from: 0, to: width, by: 8) {
        let block = (0..<64).map { place -> Double in
          let row = min(top + place / 8, height - 1), column = min(left + place % 8, width - 1)
          return (255 * self[row, column]).rounded() - 128
        }
        // C·X·Cᵀ, rounded to steps, and back: Cᵀ·Y·C.
        let transformed = Self.product(Self.product(cosines, block), Self.transposed(cosines))
        let rounded = zip(transformed, steps).map { ($0 / $1).rounded() * $1 }
        let restored = Self.product(Self.product(Self.transposed(cosines), rounded), cosines)
        for row in top..<min(top + 8, height) {
          for column in left..<min(left + 8, width) {
            let value = (restored[(row - top) * 8 + column - left] + 128).rounded()
            result[row, column] = min(max(value, 0), 255) / 255
          }
        }
      }
    }
    return result
  }

  /// The orthonormal cosine transform of eight numbers.
  private static let cosines: [Double] = (0..<64).map { place in
    let frequency = Double(place / 8), time = Double(2 * (place % 8) + 1)
    let scale = frequency == 0 ? 0.125.squareRoot() : 0.5
    return scale * cos(time * frequency * Double.pi / 16)
  }

  private static func transposed(_ x: [Double]) -> [Double] { (0..<64).map { x[$0 % 8 * 8 + $0 / 8] } }

  private static func product(_ x: [Double], _ y: [Double]) -> [Double] {
    var result = [Double](repeating: 0, count: 64)
    for row in 0..<8 {
      for k in 0..<8 {
        let factor = x[row * 8 + k]
        for column in 0..<8 { result[row * 8 + column] += factor * y[k * 8 + column] }
      }
    }
    return result
  }

  private static let luminanceSteps = [
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51,
    87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101,
    72, 92, 95, 98, 112, 100, 103, 99,
  ]
}
