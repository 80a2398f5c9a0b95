import Testing

@testable import AttuneExperiments

@Suite struct NumberFormatTests {
  @Test(arguments: [
    (1_240_000.0, "1.24 M"), (850, "850"), (37_000, "37.0 k"), (999_600, "1.00 M"), (0, "0"), (3.4e11, "340 G"),
    (12.5, "12.5"), (999, "999"), (1000, "1.00 k"),
  ])
  func `counts have an SI prefix and three digits`(value: Double, text: String) {
    #expect(NumberFormat.count(value) == text)
  }

  @Test(arguments: [(37_888, "37 KiB"), (512, "512 B"), (1_468_006, "1.4 MiB"), (0, "0 B"), (1_048_500, "1.0 MiB")])
  func `bytes have a binary prefix`(value: Int, text: String) {
    #expect(NumberFormat.bytes(value) == text)
  }

  @Test(arguments: [
    (0.0123, "12.3 ms"), (3.42, "3.42 s"), (75, "75.0 s"), (754, "12.6 min"), (9000, "2.50 h"), (0, "0 s"),
  ])
  func `seconds change their unit with their size`(value: Double, text: String) {
    #expect(NumberFormat.seconds(value) == text)
  }

  @Test func `an interval of seconds has the unit of its mean`() {
    #expect(NumberFormat.seconds(Estimate(mean: 3.42, low: 3.21, high: 3.63)) == "3.42 ±0.21 s")
    #expect(NumberFormat.seconds(Estimate(mean: 3.42, low: 3.42, high: 3.42)) == "3.42 s")
    #expect(NumberFormat.seconds(Estimate(mean: 700, low: 694, high: 706)) == "11.7 ±0.1 min")
  }

  @Test(arguments: [
    (9.996, "10.0"), (0.012345, "0.0123"), (123.4, "123"), (4567, "4567"), (1.5e7, "1.50e7"), (0.00002, "2.00e−5"),
    (-2.5, "−2.50"), (.nan, "NaN"), (.infinity, "∞"), (0.9999, "1.00"), (1e-4, "0.000100"),
  ])
  func `three significant digits survive rounding`(value: Double, text: String) {
    #expect(NumberFormat.significant(value) == text)
  }

  @Test(arguments: [(1.003, "×1"), (3.21, "×3.21"), (0.452, "×0.452"), (120.4, "×120"), (0, "×0")])
  func `ratios`(value: Double, text: String) {
    #expect(NumberFormat.ratio(value) == text)
  }

  @Test func `a rounded negative zero has no sign`() {
    #expect(NumberFormat.fixed(-0.001, 1) == "0.0")
    #expect(NumberFormat.fixed(-0.06, 1) == "−0.1")
  }

  @Test(arguments: [(1.0, "1"), (1.5, "1.5"), (1.25, "1.25"), (-0.004, "0"), (-1.05, "-1.05"), (.nan, "0")])
  func `coordinates have no needless digits`(value: Double, text: String) {
    #expect(NumberFormat.coordinate(value) == text)
  }

  @Test(arguments: [("1.00 M", "1 M"), ("100 k", "100 k"), ("0.500", "0.5"), ("1.50e7", "1.50e7")])
  func `ticks lose the zeros at the end of a fraction only`(text: String, tick: String) {
    #expect(NumberFormat.withoutTrailingZeros(text) == tick)
  }
}

@Suite struct QualityFormatTests {
  private let error = QualityFormat(metric: .error)
  private let rmse = QualityFormat(metric: .rootMeanSquaredError)

  @Test func `an error is in percent with one decimal`() {
    #expect(error.full(0.1234) == "12.3 %")
    #expect(error.half(Estimate(mean: 0.3, low: 0.28, high: 0.32)) == "±2.0")
    #expect(error.half(Estimate(mean: 0.3, low: 0.2996, high: 0.3004)) == "±0.04")
  }

  @Test func `a root mean squared error has three digits, its interval the same decimals`() {
    #expect(rmse.full(0.123456) == "0.123")
    #expect(rmse.full(1234.5) == "1234")
    #expect(rmse.half(Estimate(mean: 12.34, low: 11.84, high: 12.84)) == "±0.5")
    #expect(rmse.half(Estimate(mean: 1234, low: 1233.9, high: 1234.1)) == "±0.10")
  }

  @Test func `a change has its sign, its unit and an interval of as many digits`() {
    #expect(error.change(Estimate(mean: -0.032, low: -0.04, high: -0.024)) == "−3.2 points [−4.0, −2.4]")
    #expect(error.change(Estimate(mean: 0.0008, low: -0.0004, high: 0.002)) == "+0.08 points [−0.04, +0.20]")
    #expect(error.change(Estimate(mean: 0.021, low: 0.021, high: 0.021)) == "+2.1 points")
    #expect(rmse.change(Estimate(mean: -1.25, low: -1.5, high: -1)) == "−1.25 [−1.50, −1.00]")
    #expect(error.change(0) == "0 points")
  }

  @Test func `no interval where one seed finished`() {
    #expect(error.half(Estimate(mean: 0.3, low: 0.3, high: 0.3)) == nil)
  }
}
