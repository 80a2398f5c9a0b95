import AttuneCore
import Foundation
import Testing

@testable import AttuneData

@Suite struct TabularShiftTests {
  private let context = ShiftContext(featureScale: Matrix([[1, 10]]), featureMean: Matrix([[0, 100]]))

  private func apply(
    _ shift: some Shift, _ features: Matrix, _ context: ShiftContext? = nil, seed: UInt64 = 1
  ) throws -> Matrix {
    var generator = Philox(seed: seed)
    return try shift.apply(to: features, in: context ?? self.context, using: &generator)
  }

  /// Standardized columns.
  private func normal(_ rows: Int, _ columns: Int) -> (Matrix, ShiftContext) {
    var generator = Philox(seed: 7)
    let x = generator.normal(rows: rows, columns: columns), moments = x.columnMoments
    let scale = moments.variance.map { $0.squareRoot() }
    return (x, ShiftContext(featureScale: scale, featureMean: moments.mean))
  }

  @Test func `sensor noise has the deviation of its severity, in deviations of the source`() throws {
    let x = Matrix(rows: 20_000, columns: 2, repeating: 5)
    for (severity, size) in [(1, 0.1), (5, 1)] as [(Int, Float)] {
      let moments = try apply(SensorNoise(severity: severity), x).columnMoments
      for (column, deviation) in [(0, size), (1, 10 * size)] {
        // Four deviations of the estimate: sd / √(2n).
        #expect(abs(moments.variance[0, column].squareRoot() - deviation) < 4 * deviation / 200)
      }
    }
  }

  @Test func `drifts grow along the stream, about the mean or in deviations`() throws {
    let x = Matrix([[1, 110], [1, 110], [1, 110], [1, 110]])
    #expect(
      try apply(ScalingDrift(gain: 3), x) == Matrix([[1.5, 115], [2, 120], [2.5, 125], [3, 130]]))
    let drifted = try apply(OffsetDrift(severity: 5), x)
    for row in 0..<4 {
      let distance = 2 * Float(row + 1) / 4
      #expect(abs(drifted[row, 0] - 1) == distance && abs(drifted[row, 1] - 110) == 10 * distance)
    }
    let signs = try (0..<20).map { try apply(OffsetDrift(), x, seed: UInt64($0))[3, 0] > 1 }
    #expect(Set(signs).count == 2)
    #expect(try apply(OffsetDrift(amount: 0), x) == x && apply(ScalingDrift(gain: 1), x) == x)
  }

  @Test func `stuck sensors hold their last value, and missing ones their mean or nothing`() throws {
    let x = Matrix(rows: 8, columns: 2, (0..<16).map(Float.init))
    let stuck = try apply(StuckSensors(fraction: 1, start: 0.5), x)
    #expect(stuck.rows(0..<4) == x.rows(0..<4) && (4..<8).allSatisfy { stuck.row($0) == x.row(3) })
    let one = try apply(StuckSensors(severity: 1, start: 0), x)
    #expect((0..<2).filter { one.columns(at: [$0]) != x.columns(at: [$0]) }.count == 1)
    let filled = try apply(MissingSensors(fraction: 1, start: 0.75), x)
    #expect(filled.rows(0..<6) == x.rows(0..<6) && filled.row(6) == [0, 100] && filled.row(7) == [0, 100])
    let missing = try apply(MissingSensors(severity: 1, fill: .missing), x)
    #expect((0..<2).filter { missing[5, $0].isNaN }.count == 1 && missing.elements.count(where: \.isNaN) == 8)
    #expect(try apply(StuckSensors(start: 1), x) == x && apply(MissingSensors(fraction: 0), x) == x)
  }

  @Test func `swapped columns come in pairs`() throws {
    let x = Matrix([(0..<10).map(Float.init)])
    for (severity, moved) in [(1, 2), (2, 2), (3, 4), (4, 6), (5, 10)] {
      let found = try apply(ColumnSwaps(severity: severity), x).elements
      #expect((0..<10).filter { found[$0] != Float($0) }.count == moved)
      // A swap done twice is none.
      #expect((0..<10).allSatisfy { found[Int(found[$0])] == Float($0) })
    }
    #expect(
      message { try apply(ColumnSwaps(), Matrix(rows: 3, columns: 1)) }
        == "column-swaps: there is nothing to swap: the data has 1 column of numbers; "
        + "leave the shift out, or add a column of numbers")
  }

  @Test func `outliers are as many and as far as asked for, and steps are about the mean`() throws {
    let x = Matrix(rows: 10_000, columns: 2, repeating: 0)
    let far = try apply(Outliers(severity: 4), x)
    let moved = (0..<10_000).filter { far[$0, 1] != 0 }
    // Four deviations of the count: √(n p (1 − p)) is 30.
    #expect(abs(moved.count - 1000) < 120 && moved.allSatisfy { abs(far[$0, 1]) == 70 })
    let up = moved.count { far[$0, 1] > 0 }
    #expect(abs(up - moved.count / 2) < 64)
    let steps = try apply(Quantization(severity: 4), Matrix([[0.4, 94], [-1.6, 117]]))
    #expect(steps == Matrix([[0, 90], [-2, 120]]))
    let flat = ShiftContext(featureScale: Matrix([[0]]), featureMean: Matrix([[3]]))
    #expect(try apply(Quantization(), Matrix([[4.2]]), flat) == Matrix([[4.2]]))
  }

  @Test func `a higher severity changes standardized data more, from mildly to heavily`() throws {
    let (x, context) = normal(4000, 20)
    func change(_ shift: some SeverityShift, _ severity: Int) throws -> Double {
      let shifted = try apply(shift.atSeverity(severity), x, context)
      return zip(x.elements, shifted.elements).reduce(0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }
        / Double(x.count)
    }
    let shifts: [any SeverityShift] = [
      SensorNoise(), ScalingDrift(), OffsetDrift(), StuckSensors(), MissingSensors(), ColumnSwaps(), Outliers(),
      Quantization(),
    ]
    for shift in shifts {
      let changes = try (1...5).map { try change(shift, $0) }
      #expect(zip(changes, changes.dropFirst()).allSatisfy(<), "\(shift.summary) \(changes)")
      // In variances of the source.
      #expect(changes[0] < 0.25 && changes[4] > 0.3, "\(shift.summary) \(changes)")
    }
  }

  @Test func `explicit settings override the severity, also when it is asked for another`() throws {
    #expect(SensorNoise(severity: 1, standardDeviation: 2).atSeverity(5).summary == "sensor noise of 2.0 deviations")
    #expect(!OffsetDrift(amount: 1).hasSeverities && OffsetDrift().hasSeverities)
    #expect(Outliers(size: 9).hasSeverities && !Outliers(probability: 0.5, size: 9).hasSeverities)
    #expect(
      Outliers(size: 9).atSeverity(1).summary == "outliers of 9.0 deviations with probability 0.01"
        && StuckSensors(start: 0.5).atSeverity(2) == StuckSensors(severity: 2, start: 0.5)
        && MissingSensors(fill: .missing).atSeverity(5) == MissingSensors(severity: 5, fill: .missing))
    let json = #"{"kind": "outliers", "severity": 2, "probability": 0.5}"#
    let shift = try JSONDecoder().decode(ShiftConfiguration.self, from: Data(json.utf8))
    #expect(shift.atSeverity(4)?.shift.summary == "outliers of 7.0 deviations with probability 0.5")
    let copy = try JSONDecoder().decode(ShiftConfiguration.self, from: JSONEncoder().encode(shift))
    #expect(copy.shift as? Outliers == Outliers(severity: 2, probability: 0.5))
  }

  @Test func `settings out of range are refused by name`() {
    let x = Matrix(rows: 2, columns: 2)
    #expect(
      message { try apply(SensorNoise(severity: 6), x) }
        == "sensor-noise: severity is 6; give an integer from 1 to 5")
    #expect(
      message { try apply(SensorNoise(standardDeviation: -1), x) }
        == "sensor-noise: standardDeviation is -1.0; give a finite number of 0 or more")
    #expect(
      message { try apply(StuckSensors(start: 1.5), x) }
        == "stuck-sensors: start is 1.5; give a fraction in 0...1")
    #expect(
      message { try apply(Missingness(probability: 2), x) }
        == "missingness: probability is 2.0; give a probability in 0...1")
    #expect(message { try apply(ScalingDrift(gain: .nan), x) } == "scaling-drift: gain is nan; give a finite number")
    #expect(
      message { try apply(OffsetDrift(), x, ShiftContext()) }
        == "offset-drift: it needs the source's deviation of each feature, and none are known; "
        + "fit them on the source data")
    #expect(
      message { try apply(Quantization(), x, ShiftContext(featureMean: Matrix([[1]]))) }
        .hasPrefix("quantization: it needs the source's mean of each feature, and there are 1 for 2 features"))
  }
}
