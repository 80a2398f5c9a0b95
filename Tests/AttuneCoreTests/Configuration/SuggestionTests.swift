import AttuneCore
import Testing

@Suite struct SuggestionTests {
  @Test(arguments: [
    ("zip", ["id", "zipcode", "price"], "zipcode"), ("id", ["idx", "ie"], "idx"),
    // Spelled alike comes before longer names; of several longer names none is meant more than the others.
    ("batch_size", ["batchSize", "batchSizeLimit"], "batchSize"), ("ag", ["ago", "age"], "age"),
    ("momentm", ["momentum", "dampening"], "momentum"), ("epochsAll", ["epochs"], "epochs"),
  ])
  func `a name is suggested`(given: String, names: [String], expected: String) {
    #expect(Suggestion.nearest(to: given, among: names) == expected)
  }

  @Test func `nothing is suggested where nothing is near`() {
    #expect(Suggestion.nearest(to: "price", among: ["rooms", "zipcode"]) == nil)
    #expect(Suggestion.nearest(to: "", among: ["rooms"]) == nil)
  }
}
