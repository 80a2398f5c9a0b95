import AttuneCore
import AttuneInference
import Testing

@Suite struct AnswerTests {
  @Test func `an answer without adapting is the next prediction, and leaves the state as it was`() throws {
    var generator = Philox(seed: 1)
    let network = Network.mlp(
      inputDimension: 3, hidden: [4], outputDimension: 2, batchNorm: true, using: &generator)
    let batch = generator.normal(rows: 5, columns: 3)
    for strategy in [try Recipe<Tent>(), try Recipe<BatchNormMovingAverage>(), NoAdaptation()]
      as [any AdaptationStrategy]
    {
      var first = try strategy.run(network, in: AdaptationContext(task: .classification)), second = first
      let answer = try first.answer(batch)
      #expect(answer == (try first.answer(batch)))
      #expect(answer == (try second.predict(batch)))
      #expect(try first.predict(batch) == answer)
      #expect(try first.predict(batch) == (try second.predict(batch)))
      #expect(first.takeEvents().isEmpty)
    }
  }
}
