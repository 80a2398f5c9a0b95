import AttuneCore
import Foundation
import Testing

@testable import AttuneData

@Suite struct HousePricesTests {
  private func prices(_ table: Table) -> [Double] {
    guard case .values(let values) = table.targets else { return [] }
    return values.elements.map(Double.init)
  }

  private func mean(_ values: some Collection<Double>) -> Double { values.reduce(0, +) / Double(values.count) }

  private func column(_ name: String, _ table: Table) throws -> [Double] {
    let index = try #require(table.columnNames.firstIndex(of: name))
    return (0..<table.count).map { Double(table.features[$0, index]) }
  }

  @Test func `the same seed gives the same market, another seed another`() {
    let market = HousePrices(rows: 200)
    #expect(market.generate(using: Philox(seed: 1)) == market.generate(using: Philox(seed: 1)))
    #expect(market.generate(using: Philox(seed: 1)) != market.generate(using: Philox(seed: 2)))
  }

  @Test func `a house by hand`() {
    let house: [Float] = [3, 2000, 10, 5, 0, 1]
    // 60 + 36 + 240 − 8 − 15 − 5 = 308, after twelve months of two percent 308 · 1.02¹².
    let market = HousePrices(months: 24, marketDrift: 0.02, regionChangeTime: 0.75, regionChangeStrength: 1)
    #expect(market.price(of: house, at: 0) == 308)
    #expect(abs(market.price(of: house, at: 0.5) - 308 * pow(1.02, 12)) < 1e-9)
    // The changed region: 60 + 36 + 360 − 8 − 5 − 5 = 438.
    #expect(abs(market.price(of: house, at: 0.75) - 438 * pow(1.02, 18)) < 1e-9)
  }

  @Test func `without noise every price follows the equation`() {
    let market = HousePrices(
      rows: 500, regionChangeTime: 0.3, regionChangeStrength: 0.8, regionChangeSpan: 0.4, noise: 0)
    let table = market.generate(using: Philox(seed: 3))
    for (row, price) in prices(table).enumerated() {
      let time = Double(row) / 500, x = table.features.row(row).map(Double.init)
      let share = 0.8 * min(max((time - 0.3) / 0.4, 0), 1)
      let factors: [Double] = [12, 0.12 + 0.06 * share, -0.8, 2 * share - 3, 8, -5]
      let base = zip(factors, x).reduce(60) { $0 + $1.0 * $1.1 }
      let expected = pow(1.01, 24 * time) * base
      #expect(abs(price - expected) < 1e-4 * expected)
      #expect(abs(x[4] * x[4] + x[5] * x[5] - 1) < 1e-6)
    }
  }

  @Test func `drift raises the mean price as the equation says`() {
    // Two years: the second has the seasons of the first and 1.02¹² times its prices.
    let market = HousePrices(rows: 40_000, months: 24, marketDrift: 0.02)
    let all = prices(market.generate(using: Philox(seed: 4)))
    let ratio = mean(all[20_000...]) / mean(all[..<20_000])
    // Prices deviate by about 70 of 280, so the ratio of two means of 20,000 has a deviation of 0.003.
    #expect(abs(ratio - pow(1.02, 12)) < 0.012)
    let still = prices(HousePrices(rows: 40_000, marketDrift: 0).generate(using: Philox(seed: 4)))
    #expect(abs(mean(still[20_000...]) / mean(still[..<20_000]) - 1) < 0.01)
  }

  @Test func `houses have the moments of the equation`() throws {
    let table = HousePrices(rows: 40_000).generate(using: Philox(seed: 5))
    let distance = try column("distance", table), squareFeet = try column("squareFeet", table)
    // E √U = 2/3. Tolerances are four deviations of the mean: 4.7, 460 and 14.4 over √40,000.
    #expect(abs(mean(distance) - 20 * 2 / 3) < 0.1)
    #expect(abs(mean(squareFeet) - (1500 + 20 * 20 * 2 / 3)) < 10)
    #expect(abs(mean(try column("age", table)) - 25) < 0.3)
    #expect(distance.allSatisfy { (0...20).contains($0) })
    let bedrooms = try column("bedrooms", table)
    #expect(bedrooms.allSatisfy { (1...8).contains($0) && $0 == $0.rounded() })
    let correlation = correlation(bedrooms, squareFeet)
    #expect(correlation > 0.6 && correlation < 0.9)
  }

  private func deviations(_ values: [Double]) -> [Double] {
    let center = mean(values)
    return values.map { $0 - center }
  }

  private func correlation(_ a: [Double], _ b: [Double]) -> Double {
    let differencesA = deviations(a), differencesB = deviations(b)
    func product(_ x: [Double], _ y: [Double]) -> Double { zip(x, y).reduce(0) { $0 + $1.0 * $1.1 } }
    let variances = product(differencesA, differencesA) * product(differencesB, differencesB)
    return product(differencesA, differencesB) / variances.squareRoot()
  }

  @Test func `the region's change makes houses bigger, older and farther out`() throws {
    let market = HousePrices(rows: 20_000, regionChangeTime: 0.5, regionChangeStrength: 1)
    let table = market.generate(using: Philox(seed: 6))
    // 8 · 2/3 km, 400 + 20 · 8 · 2/3 square feet, 20 / 2 years.
    let changes: [(String, Double)] = [("distance", 5.333), ("squareFeet", 506.67), ("age", 10)]
    for (name, expected) in changes {
      let values = try column(name, table)
      let change = mean(values[10_000...]) - mean(values[..<10_000])
      #expect(abs(change - expected) < 0.06 * expected, "\(name): \(change)")
    }
  }

  @Test func `the change grows in a straight line over its span, or at once`() {
    let gradual = HousePrices(regionChangeTime: 0.4, regionChangeStrength: 2, regionChangeSpan: 0.2)
    #expect(gradual.regionShare(at: 0.39) == 0)
    #expect(abs(gradual.regionShare(at: 0.5) - 1) < 1e-12)
    #expect(gradual.regionShare(at: 0.7) == 2)
    let sudden = HousePrices(regionChangeTime: 0.4, regionChangeStrength: 2)
    #expect(sudden.regionShare(at: 0.399) == 0 && sudden.regionShare(at: 0.4) == 2)
  }

  @Test func `noise and drift leave the houses as they are`() {
    let quiet = HousePrices(rows: 50, noise: 0).generate(using: Philox(seed: 7))
    let noisy = HousePrices(rows: 50, marketDrift: -0.01, noise: 30).generate(using: Philox(seed: 7))
    #expect(quiet.features == noisy.features)
    #expect(quiet.targets != noisy.targets)
  }

  @Test func `decoding fills in defaults and refuses what is out of range`() throws {
    func decode(_ text: String) throws -> HousePrices {
      try JSONDecoder().decode(HousePrices.self, from: Data(text.utf8))
    }
    #expect(try decode(#"{"rows": 10, "marketDrift": 0.02}"#) == HousePrices(rows: 10, marketDrift: 0.02))
    #expect(message { try decode(#"{"rows": 0}"#) } == "house-prices: rows is 0; give 1 to 10000000")
    #expect(
      message { try decode(#"{"regionChangeTime": 1.5}"#) }
        == "house-prices: regionChangeTime is 1.5; give a fraction in 0...1")
    #expect(message { try decode(#"{"noise": -1}"#) } == "house-prices: noise is -1.0; give 0 to 1000000")
  }
}
