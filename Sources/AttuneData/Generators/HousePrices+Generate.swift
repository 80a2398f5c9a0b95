public import AttuneCore
internal import Foundation

extension HousePrices {
  /// The market's houses in the order of their sale, prices as targets.
  ///
  /// Each column draws from a stream of its own, so that the noise or the drift does not change the houses.
  ///
  /// ## Shapes
  /// - features: `[rows, 6]`, targets: `[rows, 1]` in thousands of dollars
  ///
  /// - Precondition: `validate()` passes.
  public func generate(using generator: Philox) -> Table {
    do { try validate() } catch { preconditionFailure("\(error)") }
    var columns = Streams(generator)
    var prices: [Float] = []
    prices.reserveCapacity(rows)
    let width = HousePrices.columnNames.count
    let features = Matrix(rows: rows, columns: width) { out in
      for row in 0..<rows {
        let time = Double(row) / Double(rows)
        let house = columns.house(month: months * time, share: regionShare(at: time))
        for (column, value) in house.enumerated() { out[row * width + column] = value }
        prices.append(Float(price(of: house, at: time) + noise * columns.noise.nextNormal()))
      }
    }
    return Table(
      features: features, targets: .values(Matrix(rows: rows, columns: 1, prices)),
      columnNames: HousePrices.columnNames)
  }

  /// The price of a house by the equation, without noise, in thousands of dollars.
  ///
  /// - Parameters:
  ///   - house: its features in the order of `columnNames`.
  ///   - time: when it is sold, as a fraction of the time in `0...1`.
  public func price(of house: [Float], at time: Double) -> Double {
    precondition(house.count == HousePrices.columnNames.count, "a house has 6 features, not \(house.count)")
    let x = house.map(Double.init), share = regionShare(at: time)
    let base = 60 + 12 * x[0] + (0.12 + 0.06 * share) * x[1] - 0.8 * x[2] - (3 - 2 * share) * x[3]
    return pow(1 + marketDrift, months * time) * (base + 8 * x[4] - 5 * x[5])
  }

  /// The random numbers of each column.
  private struct Streams {
    var distance, squareFeet, bedrooms, age, noise: Philox

    init(_ generator: Philox) {
      distance = generator.fork("distance")
      squareFeet = generator.fork("squareFeet")
      bedrooms = generator.fork("bedrooms")
      age = generator.fork("age")
      noise = generator.fork("noise")
    }

    mutating func house(month: Double, share: Double) -> [Float] {
      // The square root makes houses equally dense in the disk around the center.
      let distance = (20 + 8 * share) * self.distance.nextUniformDouble().squareRoot()
      let wanted = 1500 + 20 * distance + 400 * share + 450 * self.squareFeet.nextNormal()
      let squareFeet = min(max(wanted, 400), 6000)
      let bedrooms = min(max((squareFeet / 600 + 0.6 * self.bedrooms.nextNormal()).rounded(), 1), 8)
      let age = (50 + 20 * share) * self.age.nextUniformDouble()
      let angle = 2 * Double.pi * month / 12
      return [bedrooms, squareFeet, age, distance, sin(angle), cos(angle)].map(Float.init)
    }
  }
}
