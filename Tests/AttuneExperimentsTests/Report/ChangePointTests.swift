import Testing

@testable import AttuneExperiments

@Suite struct ChangePointTests {
  private func noise(_ count: Int, seed: UInt64) -> [Double] {
    var state = seed
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 11) * 0x1p-52 - 1
    }
  }

  @Test func `steps in noise are found where they are`() {
    let values = zip(noise(90, seed: 1), 0..<90).map { $0 * 0.02 + ($1 < 30 ? 0.1 : $1 < 60 ? 0.4 : 0.2) }
    #expect(ChangePoints.detect(in: values) == [30, 60])
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>) func `noise alone has none`(seed: UInt64) {
    #expect(ChangePoints.detect(in: noise(120, seed: seed)).isEmpty)
  }

  @Test func `short, constant and broken series have none`() {
    #expect(ChangePoints.detect(in: []).isEmpty)
    #expect(ChangePoints.detect(in: [0, 0, 0, 0, 1, 1, 1, 1]).isEmpty)
    #expect(ChangePoints.detect(in: Array(repeating: 0.25, count: 50)).isEmpty)
    #expect(ChangePoints.detect(in: noise(30, seed: 3) + [.nan]).isEmpty)
  }
}
