import Testing

@testable import AttuneExperiments

@Suite struct AxisTests {
  @Test(arguments: [
    ([0.0, 1.0], [0, 0.2, 0.4, 0.6, 0.8, 1]), ([3.1, 17.2], [2.5, 5, 7.5, 10, 12.5, 15, 17.5]),
    ([0.123, 0.348], [0.1, 0.15, 0.2, 0.25, 0.3, 0.35]), ([-12, 30], [-20, -10, 0, 10, 20, 30]),
  ])
  func `linear ticks are round numbers that enclose the values`(values: [Double], expected: [Double]) {
    let ticks = Axis(linear: values).ticks
    #expect(ticks.count == expected.count)
    #expect(zip(ticks, expected).allSatisfy { abs($0 - $1) < 1e-12 })
  }

  @Test(arguments: [[], [0.0], [5.0, 5.0], [-0.3]])
  func `an axis of no or equal values has a width`(values: [Double]) {
    let axis = Axis(linear: values)
    #expect(axis.low < axis.high)
    #expect(axis.ticks.count >= 2)
    #expect(values.allSatisfy { (0...1).contains(axis.position($0)) })
  }

  @Test func `logarithmic ticks are 1, 2, 5 over few decades and powers of ten over many`() {
    let few = Axis(logarithmic: [100_000, 3_000_000], margin: (0, 0)).ticks
    #expect(few.map { $0.rounded() } == [100_000, 200_000, 500_000, 1_000_000, 2_000_000])
    let many = Axis(logarithmic: [1, 1e6], margin: (0, 0)).ticks
    #expect(many.map { $0.rounded() } == [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000])
  }

  @Test func `positions follow the logarithm and stay inside the margin`() {
    let axis = Axis(logarithmic: [1, 100], margin: (0, 0))
    #expect(abs(axis.position(10) - 0.5) < 1e-12)
    let one = Axis(logarithmic: [42])
    #expect(abs(one.position(42) - 0.5) < 1e-9)
    #expect(!one.ticks.isEmpty)
  }

  @Test(arguments: [(0.25, 0.05, "0.25"), (17.5, 2.5, "17.5"), (20, 10, "20"), (0, 0.2, "0.0"), (-0.5, 0.5, "−0.5")])
  func `a tick has as many digits as the step needs`(value: Double, step: Double, label: String) {
    #expect(Axis.label(value, step: step) == label)
  }
}
