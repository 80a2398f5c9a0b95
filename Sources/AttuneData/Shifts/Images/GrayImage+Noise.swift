internal import AttuneCore
internal import Foundation

extension GrayImage {
  func withNoise(deviation: Double, using generator: inout Philox) -> GrayImage {
    map { $0 + deviation * generator.nextNormal() }
  }

  func withSpeckleNoise(deviation: Double, using generator: inout Philox) -> GrayImage {
    map { $0 + $0 * deviation * generator.nextNormal() }
  }

  /// The share of counts with the mean `rate` for white.
  func withShotNoise(rate: Double, using generator: inout Philox) -> GrayImage {
    map { Double(generator.nextPoisson(mean: $0 * rate)) / rate }
  }

  /// A share of the pixels made black or white, with equal chances.
  func withImpulseNoise(share: Double, using generator: inout Philox) -> GrayImage {
    map { value in
      let chosen = generator.nextUniformDouble() < share, isWhite = generator.next() & 1 == 1
      return chosen ? (isWhite ? 1 : 0) : value
    }
  }
}

extension Philox {
  /// A number of the Poisson distribution, by inversion of one uniform number.
  ///
  /// - Parameter mean: from 0 to about 700, where the chance of 0 is still a normal Double.
  /// - Complexity: O(mean).
  mutating func nextPoisson(mean: Double) -> Int {
    let uniform = nextUniformDouble()
    var count = 0, chance = exp(-mean), sum = chance
    // The sum can end below 1 by rounding: chances that no longer change it end the search.
    while uniform >= sum && (Double(count) < mean || sum + chance > sum) {
      count += 1
      chance *= mean / Double(count)
      sum += chance
    }
    return count
  }
}
