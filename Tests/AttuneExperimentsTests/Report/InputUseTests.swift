import Testing

@testable import AttuneExperiments

@Suite struct InputUseTests {
  @Test func `a few inputs are listed by how often they are used, and of many those that are left out`() {
    #expect(InputUse.text(["a": 0.25, "b": 1, "c": 0]) == "b 100 %, a 25 %")
    #expect(InputUse.text(["a": 0, "b": 0]) == "none")
    #expect(InputUse.text(["a": 1, "b": 0.5, "c": 1, "d": 0]) == "all, but d 0 %, b 50 %")
    let words = Dictionary(uniqueKeysWithValues: (0..<40).map { ("w\($0 + 10)", $0 < 14 ? 0.5 : 0) })
    #expect(InputUse.text(words).hasSuffix("w21 50 % and 2 more"))
  }
}
