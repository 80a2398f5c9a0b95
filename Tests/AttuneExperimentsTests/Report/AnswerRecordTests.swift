import Foundation
import Testing

@testable import AttuneExperiments

@Suite struct AnswerRecordTests {
  @Test func `bins are closed at their upper end, and the error is weighted by rows`() throws {
    var bins = CalibrationBins()
    // 1/15 belongs to the first bin, what is above it to the second.
    bins.add(confidence: 1.0 / 15, isRight: true)
    bins.add(confidence: 1.0 / 15 + 1e-9, isRight: false)
    bins.add(confidence: 1, isRight: true)
    bins.add(confidence: 0.95, isRight: false)
    #expect(bins.rows[0] == 1 && bins.rows[1] == 1 && bins.rows[14] == 2)
    // (|1 − 1/15| + |0 − 1/15| + |1 − 1.95|) / 4.
    let error = try #require(bins.expectedError)
    #expect(abs(error - (14.0 / 15 + 1.0 / 15 + 0.95) / 4) < 1e-8)
    #expect(CalibrationBins().expectedError == nil)
  }

  @Test func `counts are kept as a line a class, and add up`() throws {
    var counts = ConfusionCounts(classes: 3)
    counts.add(actual: 0, answered: 2)
    counts.add(actual: 0, answered: 2)
    counts.add(actual: 1, answered: 1)
    let text = String(decoding: try JSONEncoder().encode(counts), as: UTF8.self)
    #expect(text == #"["0 0 2","0 1 0","0 0 0"]"#)
    #expect(try JSONDecoder().decode(ConfusionCounts.self, from: Data(text.utf8)) == counts)
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(ConfusionCounts.self, from: Data(#"["1 2"]"#.utf8)) }
    counts.add(counts)
    #expect(counts.counts[0][2] == 4)
  }

  @Test func `the largest confusions come first`() {
    let found = ConfusionSection.confusions([[5, 1, 0], [3, 2, 0], [0, 1, 9]], ["a", "b", "c"])
    #expect(found.map(\.text) == ["b taken for a", "a taken for b", "c taken for b"])
    #expect(found[0].share == 0.6)
  }

  @Test func `quantile bins have the means of equally many rows, and merge by rows`() {
    let bins = QuantileBin.bins((1...20).reversed().map { (Double($0), Double($0) + 1) })
    #expect(bins.count == 10)
    #expect(bins[0] == QuantileBin(rows: 2, actual: 1.5, predicted: 2.5, error: 1))
    let merged = QuantileBin(rows: 1, actual: 0, predicted: 0, error: 3)
      .merged(with: QuantileBin(rows: 3, actual: 4, predicted: 8, error: 1))
    #expect(merged == QuantileBin(rows: 4, actual: 3, predicted: 6, error: 3.0.squareRoot()))
    #expect(QuantileBin.bins([]).isEmpty)
  }
}
